/** The document as a file on this device. */
export function download(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** How notes come in a file the server makes. */
export type NotesAs = "criticmarkup" | "footnotes" | "json";

/** What the server makes a file of. Its answer names the file. */
export function downloadFrom(path: string): void {
  const link = window.document.createElement("a");
  link.href = path;
  link.download = "";
  link.click();
}

/** A file name that every system takes. */
export function fileName(title: string, extension: string): string {
  const plain = title
    .normalize("NFC")
    .replace(/[\p{C}/\\:*?"<>|]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
  return `${
    plain
      .replace(/^\.+|\.+$/g, "")
      .slice(0, 80)
      .trim() || "Untitled"
  }.${extension}`;
}
