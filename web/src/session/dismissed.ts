/**
 * What a reader of this device has said to have seen, so that it is not told again.
 *
 * The server remembers it too, but by its versions of the text: of one that was written on a moment before, it may keep
 * an earlier one. Kept are a few short signs of whole texts, never the texts. Next: `changes.ts`.
 */
const key = "galley-dismissed";
/** Documents that are remembered. */
const documentsMax = 50;

type Store = Pick<Storage, "getItem" | "setItem">;

export function dismiss(document: string, text: string, store: Store = localStorage): void {
  const others = read(store).filter(([id]) => id !== document);
  store.setItem(key, JSON.stringify([...others, [document, signOf(text)]].slice(-documentsMax)));
}

/** Whether this is the very text that was said to have been seen. */
export function isDismissed(document: string, text: string, store: Store = localStorage): boolean {
  return read(store).some(([id, sign]) => id === document && sign === signOf(text));
}

function read(store: Store): [id: string, sign: string][] {
  try {
    const kept: unknown = JSON.parse(store.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((it): it is [string, string] => Array.isArray(it) && it.length === 2) : [];
  } catch {
    return []; // what stands there is not ours
  }
}

/** FNV-1a and the length: enough to know a text again. */
function signOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${text.length}:${(hash >>> 0).toString(36)}`;
}
