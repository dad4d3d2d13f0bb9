/** What the list of documents does with this device: its copies, what waits to be sent, signing out. For the list's entry. */
import { effect } from "@preact/signals";
import type { Document } from "../session/api";
import { adopt } from "../session/device/adopt";
import { openDevice } from "../session/device/device";
import { keptPage, type KeptPage } from "../session/device/kept";
import { makeHere } from "../session/device/newborn";
import { own } from "../session/device/owners";
import type { Boot } from "../ui/boot";
import { titleIn } from "../ui/document/rename";
import type { Shelf } from "../ui/list/shelf";
import { fillShelf } from "../ui/list/shelving";
import { openDocuments, startSending } from "./sending";
import { signingOut } from "./signing-out";

export interface ListKeeping {
  /** The server has listed all that are not in the trash. */
  heard(documents: readonly Document[]): Promise<void>;
  /** Makes a document here. */
  bear(text: string): Promise<Document>;
  kept(document: string): Promise<KeptPage | null>;
  forget(document: string): Promise<void>;
  /** Tries to send everything now. */
  send(): Promise<void>;
  /** Calls back whenever something was sent. */
  onSent(listener: () => void): void;
  signOut(): void;
}

export function keepList({ me }: Boot, shelf: Shelf): ListKeeping {
  if (me.kind === "nobody") throw new Error("Nobody keeps nothing.");
  const device = openDevice(me.author);
  own(me);
  const shelving = fillShelf(shelf, device);
  const sending = adopt(device).catch(() => undefined).then(() => startSending(device));
  const signOut = signingOut(me, device, async () => (await sending).now());
  return {
    heard: async (documents) => shelving.heard(documents, await openDocuments(device.author)),
    bear: async (text) => makeHere(device, me, text, titleIn(text)),
    kept: (id) => keptPage(device, id),
    forget: (id) => device.forget(id),
    send: async () => (await sending).now(),
    onSent(listener) {
      void sending.then(({ state }) => {
        let was = state.peek().kind;
        effect(() => {
          const { kind } = state.value;
          if (was === "sending" && kind !== "sending") listener();
          was = kind;
        });
      });
    },
    signOut,
  };
}
