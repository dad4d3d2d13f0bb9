/** Files and folders as they are chosen or let go of, with the paths they have among each other; and one zip of them. */
import { bytes } from "../document/files-list";

export interface Brought {
  /** `folder/note.md`; a file that was chosen alone is its name. */
  path: string;
  file: File;
}

export interface Gathered {
  files: readonly Brought[];
  skipped: readonly { path: string; why: string }[];
}

/** More files than this are not somebody's notes. */
export const filesMax = 5_000;

/** What a file chooser answered. */
export function chosen(files: readonly File[]): Brought[] {
  return files.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was let go of, folders opened. Must be called while the drop is being handled. */
export async function dropped(data: DataTransfer): Promise<Brought[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return chosen([...data.files]);
  const found: Brought[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: Brought[]): Promise<void> {
  if (found.length > filesMax) return;
  if (entry.isFile) {
    const file = await new Promise<File>((done, failed) => (entry as FileSystemFileEntry).file(done, failed));
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A reader answers with a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((done, failed) => reader.readEntries(done, failed));
    if (some.length === 0) return;
    for (const inside of some) await walk(inside, found);
  }
}

export const isZip = ({ name, type }: File) => /\.zip$/i.test(name) || type === "application/zip";

/** Without what nobody means to bring: hidden files, installed packages, files of more than `most` bytes. */
export function gather(all: readonly Brought[], most: number): Gathered {
  const skipped = new Map<string, string>();
  const files = all.filter(({ path, file }) => {
    const parts = path.split("/");
    const at = parts.findIndex((part) => part.startsWith(".") || part === "node_modules" || part === "__MACOSX");
    if (at >= 0) skipped.set(parts.slice(0, at + 1).join("/"), "Hidden files and installed packages are left out.");
    else if (file.size > most && (!isZip(file) || path.includes("/"))) skipped.set(path, `It is larger than ${bytes(most)}.`);
    else return true;
    return false;
  });
  return { files, skipped: [...skipped].map(([path, why]) => ({ path, why })) };
}

const texts = /\.(md|markdown|mdown|txt|json|csv|html?|svg|ya?ml)$/i;

/** One zip, made in pieces so that the page stays alive; pictures are as small as they get already. */
export async function packed(files: readonly Brought[], told: (done: number) => void): Promise<Blob> {
  const { Zip, ZipDeflate, ZipPassThrough } = await import("fflate");
  const parts: BlobPart[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    parts.push(chunk as Uint8Array<ArrayBuffer>);
  });
  for (const [index, { path, file }] of files.entries()) {
    const entry = texts.test(path) ? new ZipDeflate(path, { level: 6 }) : new ZipPassThrough(path);
    zip.add(entry);
    entry.push(new Uint8Array(await file.arrayBuffer()), true);
    told(index + 1);
  }
  zip.end();
  return new Blob(parts, { type: "application/zip" });
}
