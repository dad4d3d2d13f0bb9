/**
 * Whether what others wrote changes a passage of the text, asked before it is let in.
 *
 * Never no where it does: what stands right before and right behind counts, and so do the places of what was deleted
 * there. It costs a walk to the passage, not a second document. Next: `session.ts`, whose `hold` asks.
 */
import * as Y from "yjs";

/** A stretch of one client's clock. */
interface Stretch {
  client: number;
  clock: number;
  len: number;
}

export function touches(text: Y.Text, update: Uint8Array, from: number, to: number): boolean {
  const near = around(text, from - 1, to + 1);
  const has = (id: Y.ID | null) => id !== null && near.some((one) => covers(one, id.client, id.clock, 1));
  const { structs, ds } = Y.decodeUpdate(update);
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue;
    if (has(struct.origin) || has(struct.rightOrigin)) return true;
    // The first and the last letter of a text have nothing beside them to be named by.
    if (near.length === 0 || (from <= 0 && struct.origin === null) || (to >= text.length && struct.rightOrigin === null)) return true;
  }
  for (const [client, gone] of ds.clients) {
    if (gone.some(({ clock, len }) => near.some((one) => covers(one, client, clock, len)))) return true;
  }
  return false;
}

/** All that was ever written between two places, deleted or not. */
function around(text: Y.Text, from: number, to: number): Stretch[] {
  const found: Stretch[] = [];
  let at = 0;
  for (let item = text._start; item !== null && at < to; item = item.right) {
    const { id, length, deleted, countable } = item;
    const here = !deleted && countable;
    const [start, end] = here ? [Math.max(from, at), Math.min(to, at + length)] : [at, at + 1];
    if (start < end && at + length > from) {
      found.push(here ? { client: id.client, clock: id.clock + start - at, len: end - start } : { client: id.client, clock: id.clock, len: length });
    }
    if (here) at += length;
  }
  return found;
}

function covers(one: Stretch, client: number, clock: number, len: number): boolean {
  return one.client === client && clock < one.clock + one.len && one.clock < clock + len;
}
