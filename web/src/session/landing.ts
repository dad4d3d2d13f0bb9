/** How a picture or file that is stored is written into the text: its words, and what parts it from its neighbours. Pure. */
import type { StoredFile } from "./api";

/** A picture's words, for who cannot see it: the name without what only a disk needs. */
export function altOf(name: string): string {
  const words = name
    .replace(/\.[a-z0-9]{1,5}$/i, "")
    .replace(/[-_+]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return nameOf(words || "Picture");
}

/** A name as the words of a link. */
export function nameOf(name: string): string {
  return name.replace(/\s+/g, " ").trim().replace(/[[\]\\`*_<]/g, "\\$&") || "File";
}

export function fileLabel(name: string, { picture }: StoredFile): string {
  return picture ? altOf(name) : nameOf(name);
}

export function fileText(name: string, file: StoredFile): string {
  return `${file.picture ? "!" : ""}[${fileLabel(name, file)}](${file.url})`;
}

/** `head`: the text before the place, at least from the line on that holds the second letter before it. */
export function gapBefore(head: string, atEnd: boolean, between: "\n\n" | " "): string {
  if (head === "" || head.endsWith("\n\n")) return "";
  const line = head.slice(head.lastIndexOf("\n") + 1);
  if (between === "\n\n" && line.trim() !== "") return "\n\n";
  const above = head.slice(0, -1);
  const words = above.slice(above.lastIndexOf("\n") + 1).trim() !== "";
  if (between === "\n\n" && atEnd && head.endsWith("\n") && words) return "\n";
  return /\S$/.test(head) ? " " : "";
}

/** `next`: the letter behind the place. */
export function gapAfter(next: string): string {
  return /[\p{L}\p{N}![(*_`]/u.test(next) ? " " : "";
}
