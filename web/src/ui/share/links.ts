/** The links of a document as the dialog shows them. Knows no network: the calls come in from the page's entry. */
import { signal } from "@preact/signals";
import type { Link, LinkRole } from "../../session/api";
import type { ShareActions } from "./share-dialog";

export interface LinkCalls {
  load(): Promise<Link[]>;
  add(role: LinkRole): Promise<Link>;
  change(link: string, change: { role?: LinkRole; label?: string; regenerate?: true }): Promise<Link>;
  remove(link: string): Promise<void>;
}

export function createLinks(calls: LinkCalls): ShareActions {
  const links = signal<readonly Link[] | null>(null);
  const problem = signal<string | null>(null);

  const attempt = async (work: () => Promise<readonly Link[]>) => {
    try {
      links.value = await work();
      problem.value = null;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : "That did not work. Try again.";
    }
  };

  const known = () => links.value ?? [];
  const replaced = (next: Link) => known().map((link) => (link.id === next.id ? next : link));

  return {
    links,
    problem,
    load: () => void attempt(() => calls.load()),
    add: (role) => void attempt(async () => [await calls.add(role), ...known()]),
    change: (link, change) => void attempt(async () => replaced(await calls.change(link.id, change))),
    renew: (link) => void attempt(async () => replaced(await calls.change(link.id, { regenerate: true }))),
    revoke: (link) =>
      void attempt(async () => {
        await calls.remove(link.id);
        return known().filter((it) => it.id !== link.id);
      }),
  };
}
