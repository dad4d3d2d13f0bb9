/** Who has access by name, and who asks for it. Knows no network: the calls come in from the page's entry. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AccessRequest, LinkRole, Member, Person, Role } from "../../session/api";

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

/** Why something was not done, and beside what it is said. */
export interface Problem {
  at: "add" | "people" | "requests";
  sentence: string;
}

export interface Access {
  /** null until they are known. */
  members: ReadonlySignal<readonly Member[] | null>;
  owner: ReadonlySignal<Person | null>;
  /** null until they are known; only an owner ever knows them. */
  requests: ReadonlySignal<readonly AccessRequest[] | null>;
  problem: ReadonlySignal<Problem | null>;
  /** What whoever looks may know: an owner everything, who may edit the people, others nothing. */
  load(role: Role): void;
  /** Whether it was done; the sentence why not is in `problem`. */
  add(name: string, role: LinkRole): Promise<boolean>;
  change(member: Member, role: LinkRole): void;
  remove(member: Member): void;
  handOver(member: Member): void;
  allow(request: AccessRequest, role: LinkRole): void;
  decline(request: AccessRequest): void;
}

export function createAccess(calls: AccessCalls): Access {
  const members = signal<readonly Member[] | null>(null);
  const owner = signal<Person | null>(null);
  const requests = signal<readonly AccessRequest[] | null>(null);
  const problem = signal<Problem | null>(null);

  const attempt = attempting(problem);
  const others = (author: string) => (members.value ?? []).filter((it) => it.author !== author);
  const put = (member: Member) => {
    members.value = [...others(member.author), member].toSorted((a, b) => a.added_ms - b.added_ms);
  };
  const answered = (author: string) => {
    requests.value = (requests.value ?? []).filter((it) => it.author !== author);
  };
  const load = async (role: Role) => {
    if (role !== "own" && role !== "edit") return;
    const [known, asking] = await Promise.all([calls.members(), role === "own" ? calls.requests() : null]);
    owner.value = known.owner;
    members.value = known.members;
    requests.value = asking;
  };

  return {
    members,
    owner,
    requests,
    problem,
    load: (role) => void attempt("people", () => load(role)),
    add: (name, role) =>
      attempt("add", async () => {
        const member = await calls.add(name, role);
        put(member);
        answered(member.author);
      }),
    change: ({ author }, role) => void attempt("people", async () => put(await calls.change(author, role))),
    remove: ({ author }) =>
      void attempt("people", async () => {
        await calls.remove(author);
        members.value = others(author);
      }),
    handOver: ({ name }) =>
      void attempt("people", async () => {
        await calls.handOver(name ?? "");
        await load("edit");
      }),
    allow: ({ author }, role) =>
      void attempt("requests", async () => {
        put(await calls.allow(author, role));
        answered(author);
      }),
    decline: ({ author }) =>
      void attempt("requests", async () => {
        await calls.decline(author);
        answered(author);
      }),
  };
}

/** Does something; whether it was done, and the sentence why not. */
function attempting(problem: Signal<Problem | null>) {
  return async (at: Problem["at"], work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      problem.value = null;
      return true;
    } catch (error) {
      const sentence = error instanceof Error ? error.message : "That did not work. Try again.";
      problem.value = { at, sentence };
      return false;
    }
  };
}
