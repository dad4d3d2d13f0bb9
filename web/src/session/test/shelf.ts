/** One document on one device, as several tabs see it. */
import { aDocument } from "../device/test/fake";
import { VirtualBrowser } from "../device/test/place";
import { type Device, openDevice } from "../device/device";

export const author = "01890000-0000-7000-8000-00000000000a";

export interface Shelf {
  /** A tab that may be closed and opened again. */
  tab(): Device;
  /** Note commands and files that wait, as every page is told. */
  waiting(): Promise<{ notes: number; files: number }>;
}

export async function newShelf(document: string): Promise<Shelf> {
  const browser = new VirtualBrowser();
  const tab = () => openDevice(author, browser.tab());
  const first = tab();
  await first.put(aDocument(document));
  return {
    tab,
    async waiting() {
      const { notes, files } = (await first.card(document))!.waiting;
      return { notes, files };
    },
  };
}
