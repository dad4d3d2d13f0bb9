/** The links of a document as the dialog shows them. Knows no network: the calls come in from the page's entry. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Link, LinkChange, LinkRole } from "../../session/api";

export interface LinkCalls {
  load(): Promise<Link[]>;
  add(role: LinkRole): Promise<Link>;
  change(link: string, change: LinkChange): Promise<Link>;
  remove(link: string): Promise<void>;
}

export interface Links {
  /** null until they are known. */
  links: ReadonlySignal<readonly Link[] | null>;
  problem: ReadonlySignal<string | null>;
  load(): void;
  add(role: LinkRole): void;
  /** Whether it was done; the sentence why not is in `problem`. */
  change(link: Link, change: LinkChange): Promise<boolean>;
  renew(link: Link): void;
  revoke(link: Link): void;
}

export function createLinks(calls: LinkCalls): Links {
  const links = signal<readonly Link[] | null>(null);
  const problem = signal<string | null>(null);

  const attempt = async (work: () => Promise<readonly Link[]>): Promise<boolean> => {
    try {
      links.value = await work();
      problem.value = null;
      return true;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : "That did not work. Try again.";
      return false;
    }
  };

  const known = () => links.value ?? [];
  const replaced = (next: Link) => known().map((link) => (link.id === next.id ? next : link));

  return {
    links,
    problem,
    load: () => void attempt(() => calls.load()),
    add: (role) => void attempt(async () => [await calls.add(role), ...known()]),
    change: (link, change) => attempt(async () => replaced(await calls.change(link.id, change))),
    renew: (link) => void attempt(async () => replaced(await calls.change(link.id, { regenerate: true }))),
    revoke: (link) =>
      void attempt(async () => {
        await calls.remove(link.id);
        return known().filter((it) => it.id !== link.id);
      }),
  };
}
