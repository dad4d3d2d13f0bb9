/**
 * Bringing many things in at once: a zip as it is, a folder or pictures with their texts packed into one. What came of it
 * is a sentence, and a list of what was left out and why. Knows no network: the calls come in from the page's entry.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { isMarkdown } from "../../editor/names";
import type { Imported } from "../../session/api";
import type { Sending } from "../../session/send";
import { bytes } from "../document/files-list";
import { count } from "../time";
import { type Brought, filesMax, gather, type Gathered, isZip, packed } from "./brought";

type Skipped = Imported["skipped"];

export type ImportState =
  | { kind: "none" }
  | { kind: "packing"; done: number; of: number }
  /** A part from 0 to 1 has left; at 1 the server makes documents of it. */
  | { kind: "sending"; part: number }
  | { kind: "done"; documents: number; skipped: Skipped }
  | { kind: "failed"; sentence: string };

export interface ImportCalls {
  /** What the server takes: of one file, and of everything together. */
  limits: { file: number; all: number };
  send(name: string, body: Blob, progress: (sent: number) => void): Sending<Imported>;
  /** Markdown alone needs no zip. */
  texts(files: readonly File[]): Promise<void>;
  /** Documents have been made. */
  made(documents: Imported["documents"]): void;
  say(sentence: string): void;
}

export interface Importing {
  readonly state: ReadonlySignal<ImportState>;
  readonly busy: ReadonlySignal<boolean>;
  bring(brought: readonly Brought[]): Promise<void>;
  cancel(): void;
  close(): void;
}

export function createImporting(calls: ImportCalls): Importing {
  const state = signal<ImportState>({ kind: "none" });
  let round = 0;
  let sending: Sending<Imported> | null = null;
  const busy = computed(() => state.value.kind === "packing" || state.value.kind === "sending");

  const work = async (brought: readonly Brought[], mine: number) => {
    const { files, skipped } = gather(brought, calls.limits.file);
    const why = refused(files, calls.limits.all);
    if (why) throw new Error(why);
    const answers: Imported[] = [];
    for (const { name, body } of await parcels(files, (done, of) => {
      if (mine === round) state.value = { kind: "packing", done, of };
    })) {
      if (mine !== round) return;
      state.value = { kind: "sending", part: 0 };
      sending = calls.send(name, body, (sent) => {
        if (mine === round) state.value = { kind: "sending", part: Math.min(1, sent / Math.max(1, body.size)) };
      });
      answers.push(await sending.done);
    }
    if (mine !== round) return;
    finish(calls, state, answers, skipped);
  };

  return {
    state,
    busy,
    async bring(brought) {
      if (busy.peek()) return calls.say("One import at a time. The other is still running.");
      if (brought.length === 0) return;
      if (brought.every(({ path, file }) => isMarkdown(file) && !path.includes("/"))) return calls.texts(brought.map(({ file }) => file));
      const mine = ++round;
      state.value = { kind: "packing", done: 0, of: brought.length };
      try {
        await work(brought, mine);
      } catch (error) {
        if (mine === round) state.value = { kind: "failed", sentence: error instanceof Error ? error.message : "That did not work. Try again." };
      }
    },
    cancel() {
      round += 1;
      sending?.abort();
      state.value = { kind: "none" };
    },
    close: () => void (state.value = { kind: "none" }),
  };
}

function finish(calls: ImportCalls, state: { value: ImportState }, answers: readonly Imported[], before: Gathered["skipped"]): void {
  const documents = answers.flatMap((answer) => answer.documents);
  const skipped = [...before, ...answers.flatMap((answer) => answer.skipped)];
  calls.made(documents);
  if (skipped.length > 0) {
    state.value = { kind: "done", documents: documents.length, skipped };
    return;
  }
  state.value = { kind: "none" };
  calls.say(documents.length === 0 ? "There was no Markdown in it." : `${count(documents.length, "document")} ${documents.length === 1 ? "is" : "are"} here now.`);
}

function refused(files: readonly Brought[], most: number): string | null {
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  if (files.length === 0) return "There was nothing in it to bring in.";
  if (files.length > filesMax) return `These are ${count(files.length, "file")}. One import can have ${filesMax}: bring them in parts.`;
  if (size > most) return `This is ${bytes(size)}. One import can have ${bytes(most)}: bring it in parts.`;
  return null;
}

/** Zips go as they are; everything else goes together, so that texts find their pictures. */
async function parcels(files: readonly Brought[], told: (done: number, of: number) => void): Promise<{ name: string; body: Blob }[]> {
  const zips = files.filter(({ file, path }) => isZip(file) && !path.includes("/"));
  const others = files.filter((it) => !zips.includes(it));
  const all: { name: string; body: Blob }[] = zips.map(({ file }) => ({ name: file.name, body: file }));
  if (others.length > 0) {
    const [folder = "files"] = others[0]?.path.split("/").slice(0, -1) ?? [];
    all.push({ name: `${folder}.zip`, body: await packed(others, (done) => told(done, others.length)) });
  }
  return all;
}
