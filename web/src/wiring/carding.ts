/**
 * The document's card on this device, as the page knows it: lists that are drawn without the server go by it.
 * For the page's entry.
 */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { Document } from "../session/api";
import type { Device } from "../session/device/device";
import type { DocumentSession } from "../session/session";
import type { Boot } from "../ui/boot";

/** What is kept of the text rests on it. */
export function putCard(device: Device | null, document: Document, { from, renderer }: Boot): void {
  // What the server has just sent is neither closed nor unknown to it.
  const fresh = from === "device" ? {} : ({ renderer: renderer ?? "small", born: false, stranded: null } as const);
  void device?.put(document, { openedMs: Date.now(), ...fresh }).catch(() => undefined); // the badge says that nothing is kept
}

/** A heading that is being typed is not a title at each letter. */
const settleMs = 2_000;

export function followCard(device: Device | null, { id }: Document, session: DocumentSession, title: ReadonlySignal<string>): void {
  if (!device) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changedMs: number | null = null;
  const write = async () => {
    timer = undefined;
    const card = await device.card(id);
    // Gone meanwhile, it is not begun again.
    if (!card || session.status.peek().kind === "refused") return;
    const known = { title: title.peek(), role: session.role.peek(), updated_ms: changedMs ?? card.document.updated_ms };
    await device.put({ ...card.document, ...known });
  };
  const soon = () => void (timer ??= setTimeout(() => void write().catch(() => undefined), settleMs));
  session.text.observe(() => {
    if (!session.here.peek()) return;
    changedMs = Date.now();
    soon();
  });
  let before: string | null = null;
  effect(() => {
    const known = `${session.role.value} ${title.value}`;
    if (before !== null && known !== before) soon();
    before = known;
  });
}
