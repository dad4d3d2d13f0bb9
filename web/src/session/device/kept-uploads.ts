/**
 * Pictures and files brought without a connection: on the device while they wait, and back at their places in the next page.
 *
 * Invariant: one page at a time has each, by a lock of its own; the others take over when that page ends. An upload that
 * never waits for the network never touches the device. Next: `queued-files.ts`, `../uploads.ts`.
 */
import { effect, untracked } from "@preact/signals";
import * as Y from "yjs";
import type { StoredFile } from "../api";
import type { Upload, Uploads } from "../uploads";
import { held } from "./locks";
import { type FilePlace, type FileQueue, isWritten, newFileId, type QueuedFile, timesIn } from "./queued-files";

/** A place in the text as it is now. */
export interface Spot {
  at: number;
  between: FilePlace["between"];
  /** The same for those that came to one place. */
  row: object;
}

export interface KeptUploads {
  /** From now on it outlives this page, should there be no connection. */
  watch(upload: Upload, spot: Spot): void;
  /** The text shows it. */
  landed(upload: Upload): void;
  /** Gives what pages before this one kept to `bring`, now and whenever it becomes this page's. */
  resume(bring: (upload: Upload, spot: Spot) => void): () => void;
}

export interface KeptUploadsParts {
  author: string;
  document: string;
  files: FileQueue;
  uploads: Uploads;
  text: Y.Text;
  /** Resolves when what the text has now outlives this page. */
  settled(): Promise<void>;
  /** A sentence for the person. */
  say(sentence: string): void;
}

export const fileLock = (author: string, document: string, id: string) => `galley-${author}-${document}-file-${id}`;

export function keepUploads(parts: KeptUploadsParts): KeptUploads {
  return new Keeper(parts);
}

interface Kept {
  id: string;
  release(): void;
}

class Keeper implements KeptUploads {
  readonly #kept = new Map<Upload, Kept>();
  /** Those this page has, or waits for. */
  readonly #known = new Set<string>();
  readonly #keys = new WeakMap<object, string>();
  readonly #rows = new Map<string, object>();

  constructor(private readonly parts: KeptUploadsParts) {}

  watch(upload: Upload, spot: Spot): void {
    const place = this.#placeOf(spot);
    let asked = false;
    this.#follow(upload, () => {
      const state = upload.state.value;
      const stuck = state.kind === "pausing" && state.for === "network";
      if (!stuck || asked) return;
      asked = true;
      untracked(() => void this.#keep(upload, place).catch((error: unknown) => this.parts.say(sentenceOf(error))));
    });
  }

  landed(upload: Upload): void {
    const kept = this.#kept.get(upload);
    if (kept) void this.parts.settled().then(() => this.#end(upload, kept));
  }

  resume(bring: (upload: Upload, spot: Spot) => void): () => void {
    return effect(() => {
      for (const { id } of this.parts.files.waiting.value) {
        if (this.#known.has(id)) continue;
        this.#known.add(id);
        void untracked(() => this.#resume(id, bring)).catch(() => this.#known.delete(id));
      }
    });
  }

  async #keep(upload: Upload, place: FilePlace): Promise<void> {
    const { files } = this.parts;
    const id = newFileId();
    this.#known.add(id);
    const release = await this.#lock(id);
    try {
      await files.add({ id, name: upload.name, blob: upload.body, place });
    } catch (error) {
      release();
      throw error;
    }
    this.#has(upload, { id, release });
  }

  async #resume(id: string, bring: (upload: Upload, spot: Spot) => void): Promise<void> {
    const { files, text, uploads } = this.parts;
    const release = await this.#lock(id);
    const file = await files.find(id);
    if (!file || isWritten(file, text.toString())) {
      if (file) await files.drop(id);
      return release();
    }
    const upload = uploads.resume(file.blob, file.name, file.stored?.file ?? null);
    this.#has(upload, { id, release });
    bring(upload, this.#spotOf(file.place));
  }

  #has(upload: Upload, kept: Kept): void {
    this.#kept.set(upload, kept);
    upload.kept.value = true;
    upload.before = (file) => this.#stored(kept.id, file);
    this.#follow(upload, () => {
      if (upload.state.value.kind === "cancelled") void this.#end(upload, kept);
    });
  }

  async #stored(id: string, file: StoredFile): Promise<void> {
    const { files, text } = this.parts;
    await files.stored(id, { file, before: timesIn(text.toString(), file.url) });
  }

  async #end(upload: Upload, { id, release }: Kept): Promise<void> {
    this.#kept.delete(upload);
    await this.parts.files.drop(id).catch(() => undefined); // the storage is gone, and the row with it
    release();
  }

  #follow(upload: Upload, run: () => void): void {
    const stop = effect(() => {
      run();
      const { kind } = upload.state.value;
      if (kind === "stored" || kind === "cancelled") queueMicrotask(() => stop());
    });
  }

  #lock(id: string): Promise<() => void> {
    const { author, document } = this.parts;
    return held(fileLock(author, document, id));
  }

  #placeOf({ at, between, row }: Spot): FilePlace {
    let key = this.#keys.get(row);
    if (key === undefined) this.#keys.set(row, (key = newFileId()));
    const position = Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(this.parts.text, at, -1));
    return { position, between, row: key };
  }

  #spotOf(place: QueuedFile["place"]): Spot {
    let row = this.#rows.get(place.row);
    if (row === undefined) this.#rows.set(place.row, (row = {}));
    return { at: offsetOf(this.parts.text, place), between: place.between, row };
  }
}

/** Where a place is in the text as it is now; its end where nothing is known of it. */
export function offsetOf(text: Y.Text, { position }: FilePlace): number {
  try {
    const at = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(position), text.doc!);
    return Math.min(at?.index ?? text.length, text.length);
  } catch {
    return text.length;
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : "It could not be kept on this device. Keep this page open until it is sent.";
}
