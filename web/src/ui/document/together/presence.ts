/** What is said aloud about who is here and about the connection: changes only, and only those that last. */
import { effect } from "@preact/signals";
import type { DocumentSession, Peer } from "../../../session/session";
import { announceLater } from "../../announce";
import { canWrite } from "../../roles";

/** After an outage everybody comes back in their own time; nobody has joined or left. */
const returnMs = 10_000;
const arriveMs = 300;
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
  let settled = false;
  let connection: "new" | "up" | "down" = "new";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const people = () => (settled ? presence.look(session.peers.peek()) : null);
  const network = () => {
    const up = session.status.peek().kind === "live";
    if (connection === "new" || (connection === "up") === up || session.status.peek().kind === "refused") return null;
    connection = up ? "up" : "down";
    if (up) return "Connected again.";
    return `Connection lost. ${canWrite(session.role.peek()) ? "Your edits are kept and will be sent." : "You can go on reading."}`;
  };
  const settle = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      presence.look(session.peers.peek());
      settled = true;
    }, ms);
  };

  effect(() => {
    const up = session.status.value.kind === "live" && session.synced.value;
    clearTimeout(timer);
    if (up) settle(connection === "new" ? arriveMs : returnMs);
    else settled = false;
    if (!up) presence.forget();
    if (up && connection === "new") connection = "up";
    announceLater(network);
  });
  effect(() => {
    void session.peers.value;
    announceLater(people);
  });
}
