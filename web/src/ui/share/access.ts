/** Who has access by name, and who asks for it. Knows no network: the calls come in from the page's entry. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AccessRequest, LinkRole, Member, Person } from "../../session/api";

export interface AccessCalls {
  members(): Promise<{ owner: Person; members: Member[] }>;
  requests(): Promise<AccessRequest[]>;
  add(name: string, role: LinkRole): Promise<Member>;
  change(author: string, role: LinkRole): Promise<Member>;
  remove(author: string): Promise<void>;
  handOver(name: string): Promise<unknown>;
  allow(author: string, role: LinkRole): Promise<Member>;
  decline(author: string): Promise<void>;
}

export interface Access {
  /** null until they are known. */
  members: ReadonlySignal<readonly Member[] | null>;
  owner: ReadonlySignal<Person | null>;
  requests: ReadonlySignal<readonly AccessRequest[]>;
  problem: ReadonlySignal<string | null>;
  /** `owner`: whether whoever looks may see who asks. */
  load(owner: boolean): void;
  /** Whether it was done; the sentence why not is in `problem`. */
  add(name: string, role: LinkRole): Promise<boolean>;
  change(member: Member, role: LinkRole): void;
  remove(member: Member): void;
  handOver(member: Member): Promise<boolean>;
  allow(request: AccessRequest, role: LinkRole): void;
  decline(request: AccessRequest): void;
}

export function createAccess(calls: AccessCalls): Access {
  const members = signal<readonly Member[] | null>(null);
  const owner = signal<Person | null>(null);
  const requests = signal<readonly AccessRequest[]>([]);
  const problem = signal<string | null>(null);

  const attempt = attempting(problem);
  const put = (member: Member) => {
    const others = (members.value ?? []).filter((it) => it.author !== member.author);
    members.value = [...others, member].toSorted((a, b) => a.added_ms - b.added_ms);
  };
  const answered = ({ author }: AccessRequest) => {
    requests.value = requests.value.filter((it) => it.author !== author);
  };
  const load = async (asOwner: boolean) => {
    const [known, asking] = await Promise.all([calls.members(), asOwner ? calls.requests() : []]);
    owner.value = known.owner;
    members.value = known.members;
    requests.value = asking;
  };

  return {
    members,
    owner,
    requests,
    problem,
    load: (asOwner) => void attempt(() => load(asOwner)),
    add: (name, role) => attempt(async () => put(await calls.add(name, role))),
    change: (member, role) => void attempt(async () => put(await calls.change(member.author, role))),
    remove: ({ author }) =>
      void attempt(async () => {
        await calls.remove(author);
        members.value = (members.value ?? []).filter((it) => it.author !== author);
      }),
    handOver: ({ name }) =>
      attempt(async () => {
        await calls.handOver(name ?? "");
        await load(false);
      }),
    allow: (request, role) =>
      void attempt(async () => {
        put(await calls.allow(request.author, role));
        answered(request);
      }),
    decline: (request) =>
      void attempt(async () => {
        await calls.decline(request.author);
        answered(request);
      }),
  };
}

/** Does something; whether it was done, and the sentence why not. */
function attempting(problem: Signal<string | null>) {
  return async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      problem.value = null;
      return true;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : "That did not work. Try again.";
      return false;
    }
  };
}
