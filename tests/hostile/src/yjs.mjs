// What Yjs makes of updates. Question: JSON, [hex of one update, ...] and the server's whole state as hex last.
// Answer: JSON, what a browser would show and know after the updates, and after the state alone.
import { createRequire } from "node:module";
import { serve } from "./pipe.mjs";

const Y = createRequire(`${process.cwd()}/package.json`)("yjs");

function seen(updates) {
  const doc = new Y.Doc();
  try {
    for (const update of updates) Y.applyUpdate(doc, Buffer.from(update, "hex"));
    const heads = [...Y.decodeStateVector(Y.encodeStateVector(doc))].map(([client, clock]) => [String(client), clock]);
    return {
      text: doc.getText("content").toString(),
      heads: Object.fromEntries(heads),
      pending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null,
      state: Buffer.from(Y.encodeStateAsUpdate(doc)).toString("hex"),
    };
  } catch (error) {
    return { error: String(error) };
  } finally {
    doc.destroy();
  }
}

serve((question) => {
  const updates = JSON.parse(question.toString("utf8"));
  const state = updates.pop();
  return JSON.stringify([seen(updates), seen([state])]);
});
