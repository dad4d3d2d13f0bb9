/** Texts that are only on this device, as files to take along: one as it is, several in a zip. */
import { fileName } from "../document/files";

export interface TextFile {
  title: string;
  text: string;
}

export async function saveTexts(files: readonly TextFile[]): Promise<void> {
  const [only] = files;
  if (!only) return;
  if (files.length === 1) return save(fileName(only.title, "md"), new Blob([only.text], { type: "text/markdown" }));
  const { zipSync, strToU8 } = await import("fflate");
  const zip = zipSync(Object.fromEntries(named(files).map(([name, text]) => [name, strToU8(text)])));
  save("Not sent.zip", new Blob([zip as Uint8Array<ArrayBuffer>], { type: "application/zip" }));
}

/** No two have the same name. */
export function named(files: readonly TextFile[]): [name: string, text: string][] {
  const taken = new Map<string, number>();
  return files.map(({ title, text }) => {
    const name = fileName(title, "md");
    const before = taken.get(name.toLowerCase()) ?? 0;
    taken.set(name.toLowerCase(), before + 1);
    return [before === 0 ? name : name.replace(/\.md$/, ` ${before + 1}.md`), text];
  });
}

function save(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
