/** What is said aloud about who is here and about the connection: changes only, and only those that last. */
import { effect } from "@preact/signals";
import type { DocumentSession, Peer } from "../../../session/session";
import { announceLater } from "../../announce";
import { canWrite } from "../../roles";

/** After an outage everybody comes back in their own time; nobody has joined or left. */
const returnMs = 10_000;
const namesMax = 2;

export class Presence {
  #known: Map<string, string> | null = null;

  /** What has changed since the last look; the first one finds nothing new. */
  look(peers: readonly Pick<Peer, "author" | "name" | "self">[]): string | null {
    const now = new Map(peers.map(({ author, name }) => [author, name]));
    for (const { author, self } of peers) if (self) now.delete(author);
    const before = this.#known;
    this.#known = now;
    if (!before) return null;
    const joined = [...now].filter(([author]) => !before.has(author)).map(([, name]) => name);
    const left = [...before].filter(([author]) => !now.has(author)).map(([, name]) => name);
    return [happened(joined, "joined"), happened(left, "left")].filter(Boolean).join(" ") || null;
  }

  forget(): void {
    this.#known = null;
  }
}

function happened(names: readonly string[], what: "joined" | "left"): string {
  if (names.length === 0) return "";
  return `${names.length > namesMax ? `${names.length} people` : names.join(" and ")} ${what}.`;
}

export function announcePresence(session: DocumentSession): void {
  const presence = new Presence();
  let connection: "new" | "up" | "down" = "new";
  let looks: "first" | "again" | "steadily" = "first";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const people = () => (looks === "steadily" ? presence.look(session.peers.peek()) : null);
  const network = () => {
    const { kind } = session.status.peek();
    if (connection === "new" || (connection === "up") === (kind === "live") || kind === "refused") return null;
    connection = kind === "live" ? "up" : "down";
    if (connection === "up") return "Connected again.";
    return `Connection lost. ${canWrite(session.role.peek()) ? "Your edits are kept and will be sent." : "You can go on reading."}`;
  };
  const look = () => {
    looks = "steadily";
    timer = undefined;
    presence.look(session.peers.peek());
  };
  effect(() => {
    const up = session.status.value.kind === "live" && session.synced.value;
    const peers = session.peers.value;
    announceLater(network);
    if (!up) {
      if (looks === "steadily") looks = "again";
      clearTimeout(timer);
      timer = undefined;
      return presence.forget();
    }
    if (connection === "new") connection = "up";
    if (looks === "steadily") return announceLater(people);
    if (looks === "again") timer ??= setTimeout(look, returnMs);
    else if (listed(peers, session)) look();
  });
}

/** Whether the list has caught up with what the server told when this page came: all before the text. */
function listed(peers: readonly Peer[], { awareness }: DocumentSession): boolean {
  const clients = new Set(peers.map(({ client }) => client));
  return [...awareness.getStates()].every(([client, { user }]) => !user || clients.has(client));
}
