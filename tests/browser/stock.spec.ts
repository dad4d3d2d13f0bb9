/** Any stock Yjs client is a citizen: it edits with others, survives being idle, and pastes a megabyte. */
import * as Y from "yjs";
import { expect, test } from "./fixtures";
import { uuid7 } from "./notes";
import { Person } from "./people";
import { lines, Stock } from "./stock";

test("both lines of y-websocket edit with each other and with the page", async ({ server, ada, open }) => {
  const document = await ada.newDocument("start\n");
  const link = await ada.shareLink(document, "edit");
  const [two, three] = await Promise.all(
    lines.map(async (line) => Stock.join(server, await Person.byLink(server, link), document, line)),
  );
  if (!two || !three) throw new Error("two lines");
  const desk = await open(ada, document, { panes: "both" });

  two.content.insert(two.content.length, "from two\n");
  three.content.insert(0, "from three\n");
  // What comes first is shown first; otherwise both ends of the text are typed at once, in either order.
  await desk.expectSource("from three\nstart\nfrom two\n");
  await desk.toEnd();
  await desk.page.keyboard.type("from the page");

  const whole = "from three\nstart\nfrom two\nfrom the page";
  await desk.expectSource(whole);
  await expect.poll(() => two.text).toBe(whole);
  await expect.poll(() => three.text).toBe(whole);
  await desk.expectSaved();
  expect(await ada.text(document)).toBe(whole);
  expect([...two.closed, ...three.closed]).toEqual([]);
  two.leave();
  three.leave();
});

test("a stock client's name is the server's word", async ({ server, ada }) => {
  const document = await ada.newDocument("x");
  const link = await ada.shareLink(document, "edit");
  const [guest, other] = await Promise.all([
    Stock.join(server, await Person.byLink(server, link, "Grace Hopper"), document, "y-websocket 3.1"),
    Stock.join(server, ada, document, "y-websocket 2.1"),
  ]);
  guest.provider.awareness.setLocalStateField("user", { name: "Ada Lovelace", color: "red" });
  const seen = () => (other.provider.awareness.getStates().get(guest.doc.clientID)?.["user"] as { name?: string } | undefined)?.name;
  await expect.poll(seen).toBe("Grace Hopper");
  guest.leave();
  other.leave();
});

test("NT3 notes are a document any Yjs client can read, and their anchors are Yjs' own", async ({ server, ada }) => {
  const document = await ada.newDocument("One passage, and another.\n");
  const writer = await Stock.join(server, ada, document, "y-websocket 3.1");
  const at = (index: number, assoc: number) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(writer.content, index, assoc));
  const anchor = { start: at(4, 0), end: at(11, -1) };
  const id = uuid7();
  await ada.call("POST", `/api/documents/${document.id}/notes`, { id, anchor, quote: "passage", body: "Which one?" });
  for (const line of lines) {
    const notes = await Stock.join(server, ada, document, line, new Y.Doc(), "/notes");
    const note = notes.doc.getMap("notes").get(`n.${id}`) as { body: string; anchor: typeof anchor };
    expect(note).toMatchObject({ body: "Which one?", quote: "passage", resolved: null });
    for (const side of ["start", "end"] as const) {
      const stored = Y.createRelativePositionFromJSON(note.anchor[side]);
      expect(Y.compareRelativePositions(stored, Y.createRelativePositionFromJSON(anchor[side])), side).toBe(true);
    }
    notes.leave();
  }
  writer.content.insert(0, "Before. ");
  writer.content.insert(15, "long ");
  const place = (position: unknown) => Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), writer.doc)?.index;
  expect(writer.text.slice(place(anchor.start), place(anchor.end))).toBe("paslong sage");
  writer.leave();
});

test("a megabyte is pasted at once", async ({ server, ada }) => {
  const document = await ada.newDocument();
  const [writer, reader] = await Promise.all(
    lines.map((line) => Stock.join(server, ada, document, line)),
  );
  if (!writer || !reader) throw new Error("two lines");
  const megabyte = "A line of sixty-four bytes, or nearly so, again and again.....\n".repeat(16_645);
  expect(megabyte.length).toBeGreaterThan(1024 * 1024 - 64);
  writer.content.insert(0, megabyte);
  await expect.poll(() => reader.content.length, { timeout: 30_000 }).toBe(megabyte.length);
  expect(reader.text).toBe(megabyte);
  expect(await ada.text(document)).toBe(megabyte);
  expect([...writer.closed, ...reader.closed]).toEqual([]);
  writer.leave();
  reader.leave();
});

test("nobody is hung up on while nothing happens", async ({ server, ada }) => {
  // y-websocket hangs up after 30 s in which it heard nothing; pings do not count. Three signs of life are longer.
  test.setTimeout(120_000);
  const document = await ada.newDocument("quiet");
  const waiting: Promise<void>[] = [];
  const stocks: Stock[] = [];
  for (const line of lines) {
    for (const role of ["edit", "view"] as const) {
      const guest = await Person.byLink(server, await ada.shareLink(document, role));
      const stock = await Stock.join(server, guest, document, line);
      stocks.push(stock);
      waiting.push(stock.heard(3));
    }
  }
  await Promise.all(waiting);
  for (const stock of stocks) {
    expect(stock.closed).toEqual([]);
    stock.leave();
  }
});
