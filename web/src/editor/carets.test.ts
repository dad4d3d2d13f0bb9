import { describe, expect, test } from "vitest";
import { EditorView } from "@codemirror/view";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { endsAtCaret, initials, labelHeight, nameParts, placeLabel } from "./caret-label";
import { carets, remoteCarets } from "./carets";
import { collab } from "./collab";

describe("a name", () => {
  const line = (index: number) => ({ top: index * 24, bottom: (index + 1) * 24 });
  const visible = { top: 0, bottom: 240 };

  test("stands above its line, below when there is no room", () => {
    expect(placeLabel(line(3), visible, null)).toBe("above");
    expect(placeLabel(line(0), visible, null)).toBe("below");
    expect(placeLabel({ top: -30, bottom: -6 }, visible, null)).toBe("none");
  });

  test("never stands over your own line", () => {
    expect(placeLabel(line(3), visible, line(2))).toBe("below");
    expect(placeLabel(line(3), visible, line(3))).toBe("above");
    expect(placeLabel(line(3), visible, line(4))).toBe("above");
    expect(placeLabel(line(0), visible, line(1))).toBe("none");
    expect(placeLabel(line(9), visible, line(8))).toBe("none");
  });

  test("fits into the gap it is given", () => {
    expect(placeLabel({ top: labelHeight, bottom: 40 }, visible, null)).toBe("above");
    expect(placeLabel({ top: labelHeight - 1, bottom: 40 }, visible, null)).toBe("below");
  });

  test("turns round at the right edge", () => {
    expect(endsAtCaret(100, "Tomasz", 400)).toBe(false);
    expect(endsAtCaret(380, "Tomasz", 400)).toBe(true);
  });

  test("is one word, on a phone two letters", () => {
    expect(nameParts("Ada King Lovelace")).toEqual({ short: "Ada", rest: " King Lovelace" });
    expect(nameParts("")).toEqual({ short: "", rest: "" });
    expect(["Ada King Lovelace", "quiet heron", "张伟", "é", " "].map(initials)).toEqual(["AL", "QH", "张", "É", ""]);
  });
});

describe("carets", () => {
  function room(text: string) {
    const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
    mine.getText("content").insert(0, text);
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
    const [awareness, other] = [new Awareness(mine), new Awareness(theirs)];
    const shared = mine.getText("content");
    const view = new EditorView({ doc: text, extensions: [collab(shared).extension, remoteCarets({ text: shared, awareness })] });
    const place = (anchor: number, head: number) => {
      const at = (offset: number) => Y.createRelativePositionFromTypeIndex(theirs.getText("content"), offset);
      other.setLocalState({ user: { id: "g", name: "Grace", peer: 5 }, cursor: { anchor: at(anchor), head: at(head) } });
      applyAwarenessUpdate(awareness, encodeAwarenessUpdate(other, [theirs.clientID]), "remote");
    };
    const receive = () => Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs));
    const end = () => (view.destroy(), awareness.destroy(), other.destroy());
    return { view, theirs, awareness, place, receive, end, seen: () => view.state.field(carets).map(({ anchor, head, peer }) => [anchor, head, peer]) };
  }

  test("move along with the text between two reports", () => {
    const { view, place, seen, end } = room("hello world");
    place(6, 11);
    expect(seen()).toEqual([[6, 11, 5]]);
    view.dispatch({ changes: { from: 0, insert: "oh " } });
    expect(seen()).toEqual([[9, 14, 5]]);
    expect(view.contentDOM.querySelector(".cm-peer-selection.peer-5")?.textContent).toBe("world");
    end();
  });

  test("wait for the text they stand in", async () => {
    const { theirs, place, receive, seen, end } = room("a");
    theirs.getText("content").insert(1, "bc");
    place(2, 2);
    expect(seen()).toEqual([]);
    receive();
    await Promise.resolve();
    expect(seen()).toEqual([[2, 2, 5]]);
    end();
  });

  test("leave when their owner does, and nothing of ours is in the markup", () => {
    const { view, awareness, theirs, place, seen, end } = room("abc");
    place(0, 2);
    expect(view.contentDOM.innerHTML).not.toContain("style=");
    awareness.states.delete(theirs.clientID);
    awareness.emit("change", [{ added: [], updated: [], removed: [theirs.clientID] }, "remote"]);
    expect(seen()).toEqual([]);
    end();
  });
});
