/**
 * Real keystrokes: whole editing sessions through a real socket, and every reader ends with the text they ended with.
 *
 * The rate limits are raised, because a day of typing passes in seconds; each keystroke is still its own update.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";
import { expect, test } from "./fixtures";
import { type Document, Person } from "./people";
import { Server } from "./server";
import { Stock } from "./stock";

type Patch = [position: number, deleted: number, inserted: string];
interface Sequential {
  startContent: string;
  endContent: string;
  txns: { patches: Patch[] }[];
}
interface Concurrent {
  numAgents: number;
  endContent: string;
  txns: { parents: number[]; agent: number; patches: Patch[] }[];
}

const fast = ["updates_per_second=1000000", "updates_burst=1000000"].flatMap((limit) => ["--limit", limit]);
test.use({ serving: { flags: fast } });
test.setTimeout(300_000);

test("a blog post is typed again, and everybody reads it", async ({ server, ada }) => {
  const trace = read<Sequential>("seph-blog1");
  const document = await ada.newDocument(trace.startContent);
  const writer = await Stock.join(server, ada, document, "y-websocket 3.1");
  const reader = await Stock.join(server, ada, document, "y-websocket 2.1");
  let typed = 0;
  for (const { patches } of trace.txns) {
    writer.doc.transact(() => type(writer.content, patches));
    // The socket empties itself between turns; a person does not type a day within one.
    if (++typed % 500 === 0) await new Promise((next) => setImmediate(next));
  }
  expect(writer.text).toBe(trace.endContent);
  await expect.poll(() => reader.text === trace.endContent, { timeout: 120_000 }).toBe(true);
  expect(await ada.text(document)).toBe(trace.endContent);
  expect([...writer.closed, ...reader.closed]).toEqual([]);
  writer.leave();
  reader.leave();
  await readAgain(server, ada, document, trace.endContent);
});

test("two people's typing keeps its causes, and everybody reads it", async ({ server, ada }) => {
  const trace = read<Concurrent>("friendsforever");
  const document = await ada.newDocument();
  const grace = await Person.byLink(server, await ada.shareLink(document, "edit"), "Grace");
  const authors = [await Author.join(server, ada, document, 1001), await Author.join(server, grace, document, 2002)];
  const causes = versions(trace);
  for (const [at, { agent, patches }] of trace.txns.entries()) {
    const [author, other] = agent === 0 ? authors : [...authors].reverse();
    if (!author || !other) throw new Error("two authors");
    await author.hear(other, causes[at]?.[1 - agent] ?? 0);
    author.write(patches);
  }
  for (let n = 0; n < 8; n++) {
    await new Promise((next) => setTimeout(next, 1000));
    const server_text = await ada.text(document);
    console.log(n, "server", server_text === trace.endContent, server_text.length, ...authors.map(({ stock }) => `${stock.text === trace.endContent} ${stock.text.length} pend=${stock.doc.store.pendingStructs !== null} ds=${stock.doc.store.pendingDs !== null} sv=${[...Y.decodeStateVector(Y.encodeStateVector(stock.doc))]} closed=${stock.closed}`));
  }
  for (const { stock } of authors)
    await expect.poll(() => stock.text === trace.endContent, { timeout: 120_000 }).toBe(true);
  expect(await ada.text(document)).toBe(trace.endContent);
  for (const { stock } of authors) {
    expect(stock.closed).toEqual([]);
    stock.leave();
  }
  await readAgain(server, ada, document, trace.endContent);
});

/** After kill -9 and a new start the text is the same, by HTTP, by socket and on the page. */
async function readAgain(server: Server, ada: Person, document: Document, text: string): Promise<void> {
  await server.end("SIGKILL");
  const again = await Server.start({ data: server.data, flags: fast, port: Number(new URL(server.url).port) });
  try {
    expect(await ada.text(document)).toBe(text);
    const reader = await Stock.join(again, ada, document, "y-websocket 3.1");
    expect(reader.text).toBe(text);
    reader.leave();
  } finally {
    await again.dispose();
  }
}

/**
 * One of two people. `mind` has exactly what its next keystroke was a reaction to; `stock` is the socket's document,
 * which is ahead of it. A keystroke is made in the mind and sent by the socket.
 */
class Author {
  private readonly mind = new Y.Doc();
  private readonly said: Uint8Array[] = [];
  private heard = 0;

  private constructor(readonly stock: Stock) {}

  /**
   * The recording does have inserts at one place at one time, once deletions are gone; there the lower client id comes
   * first. With the ids in the agents' order every replay ends as the recording did; with random ones two in three
   * converge to another text.
   */
  static async join(server: Server, person: Person, document: Document, clientId: number): Promise<Author> {
    const author = new Author(await Stock.join(server, person, document, "y-websocket 3.1"));
    author.mind.clientID = clientId;
    author.mind.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin === author) return;
      author.said.push(update);
      Y.applyUpdate(author.stock.doc, update, author);
    });
    return author;
  }

  write(patches: Patch[]): void {
    this.mind.transact(() => type(this.mind.getText("content"), patches));
  }

  /** Takes the first `count` keystrokes of the other to mind, once the socket has brought them. */
  async hear(other: Author, count: number): Promise<void> {
    for (; this.heard < count; this.heard++) {
      const update = other.said[this.heard];
      if (!update) throw new Error("an effect before its cause");
      await this.arrived(update);
      Y.applyUpdate(this.mind, update, this);
    }
  }

  private async arrived(update: Uint8Array): Promise<void> {
    const { to } = Y.parseUpdateMeta(update);
    const has = () => [...to].every(([client, clock]) => Y.getState(this.stock.doc.store, client) >= clock);
    while (!has()) await new Promise<void>((next) => this.stock.doc.once("update", () => next()));
  }
}

/** For each transaction how many of each agent's it knows of, itself not counted. */
function versions({ txns }: Concurrent): [number, number][] {
  const after: [number, number][] = [];
  return txns.map(({ parents, agent }, at) => {
    const knows: [number, number] = [0, 0];
    for (const parent of parents) {
      const version = after[parent] ?? [0, 0];
      knows[0] = Math.max(knows[0], version[0]);
      knows[1] = Math.max(knows[1], version[1]);
    }
    after[at] = [knows[0], knows[1]];
    (after[at] as number[])[agent] = (knows[agent === 0 ? 0 : 1] ?? 0) + 1;
    return knows;
  });
}

/** Positions count code points, Yjs counts UTF-16 units: the same here, which `read` checks. */
function type(text: Y.Text, patches: Patch[]): void {
  for (const [position, deleted, inserted] of patches) {
    if (deleted > 0) text.delete(position, deleted);
    if (inserted) text.insert(position, inserted);
  }
}

function read<Trace extends Sequential | Concurrent>(name: string): Trace {
  const file = join(import.meta.dirname, "../traces", `${name}.json.gz`);
  const trace = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Trace;
  const astral = trace.txns.some(({ patches }) => patches.some(([, , inserted]) => inserted.length !== [...inserted].length));
  expect(astral, "positions count code points").toBe(false);
  return trace;
}
