/** A text as it is kept here beside what the server last had of it, for when it can only be looked at. */
import type { Card, Device } from "./device";

export interface KeptPage {
  card: Card;
  text: string;
  /** The text the server had; null: none of it. */
  shared: string | null;
}

export async function keptPage(device: Device, document: string): Promise<KeptPage | null> {
  const [card, text] = await Promise.all([device.card(document), device.text(document)]);
  if (!card) return null;
  const copy = device.copy(document);
  try {
    const shared = await copy.shared();
    return { card, text: text ?? "", shared: shared.length > 0 ? (await import("./texts")).textOf(shared) : null };
  } finally {
    copy.close();
  }
}
