/** The pictures and files of a document as its dialog shows them. Knows no network: the calls come in from the entry. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { altOf, nameOf } from "../../session/landing";
import type { Files, StoredFile } from "../../session/api";
import { ago, count } from "../time";

export interface FileCalls {
  load(): Promise<Files>;
  remove(name: string): Promise<void>;
}

export interface FilesList {
  /** null until they are known. */
  readonly files: ReadonlySignal<Files | null>;
  readonly problem: ReadonlySignal<string | null>;
  load(): Promise<void>;
  remove(file: StoredFile): Promise<void>;
}

export function createFilesList(calls: FileCalls): FilesList {
  const files = signal<Files | null>(null);
  const problem = signal<string | null>(null);
  const attempt = async (work: () => Promise<Files | null>) => {
    try {
      files.value = await work();
      problem.value = null;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : "That did not work. Try again.";
    }
  };
  return {
    files,
    problem,
    load: () => attempt(calls.load),
    remove: (file) =>
      attempt(async () => {
        await calls.remove(file.name);
        const known = files.value;
        if (!known) return null;
        const left = known.files.filter(({ name }) => name !== file.name);
        return { ...known, files: left, bytes: known.bytes - file.bytes, owner_bytes: known.owner_bytes - file.bytes };
      }),
  };
}

/** A file as the text has it. */
export function textOf({ original, picture, url }: StoredFile): string {
  return picture ? `![${altOf(original)}](${url})` : `[${nameOf(original)}](${url})`;
}

/** What is known of a file, in one line. */
export function about(file: StoredFile, now = Date.now()): string {
  const size = file.picture ? `${file.picture.width} × ${file.picture.height} · ` : "";
  return `${size}${bytes(file.bytes)} · ${file.by.display}, ${ago(file.at_ms, now)}`;
}

export function removalOf(file: StoredFile): string {
  return file.used
    ? "The text shows it: there will be a gap for everybody. It cannot be brought back."
    : "The text does not mention it. It cannot be brought back.";
}

/** Space is the owner's, in all documents together. `owner`: a name, or null for whoever looks. */
export function room({ files, bytes: here, owner_bytes, quota_bytes }: Files, owner: string | null): string {
  const whose = owner === null ? "All your documents together" : `All of ${owner}’s documents together`;
  return `${count(files.length, "file")}, ${bytes(here)}. ${whose} use ${bytes(owner_bytes)} of ${bytes(quota_bytes)}.`;
}

const units = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** "340 KB", "1.2 MB", never broken over two lines. */
export function bytes(n: number): string {
  let [value, unit] = [n, 0];
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_024, unit + 1];
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return `${value.toFixed(digits).replace(/\.0$/, "")}\u00a0${n === 1 ? "byte" : (units[unit] ?? "")}`;
}
