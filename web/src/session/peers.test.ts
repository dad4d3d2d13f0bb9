// @vitest-environment node
import { signal } from "@preact/signals";
import { expect, test } from "vitest";
import { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import type { Me } from "./api";
import { type Peer, watchPeers } from "./peers";
import { VirtualWorld } from "./test/virtual";

/** What a page makes of what one peer says about itself. */
function heard(said: object): Pick<Peer, "line" | "call"> | undefined {
  const world = new VirtualWorld();
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const me = signal<Me>({ kind: "nobody" });
  const watched = watchPeers({ doc, text: doc.getText("content"), awareness, me, world });
  awareness.states.set(77, { user: { id: "g", name: "Grace" }, ...said });
  awareness.emit("change", [{ added: [77], updated: [], removed: [] }, "test"]);
  world.pass(200);
  const found = watched.peers.value.find(({ client }) => client === 77);
  watched.stop();
  awareness.destroy();
  return found && { line: found.line, call: found.call };
}

test.each([[0], [12.25], [16_777_216]])("a line is a number: %d", (line) => {
  expect(heard({ line })).toEqual({ line, call: null });
});

test.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], [16_777_217], ["7"], [null], [{}]])(
  "anything else is no line and no call: %j",
  (said) => {
    expect(heard({ line: said, call: typeof said === "number" && said > 1 ? said * 1e300 : said })).toEqual({
      line: null,
      call: null,
    });
  },
);

test("a call is a time", () => {
  expect(heard({ call: 1_790_000_000_000 })).toEqual({ line: null, call: 1_790_000_000_000 });
});
