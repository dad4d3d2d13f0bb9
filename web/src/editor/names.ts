/** What a file's name says in the text. */

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

/** Text that can be brought into a document as it is. */
export const isMarkdown = ({ name }: { name: string }): boolean => /\.(md|markdown|mdown|txt)$/i.test(name);

/** What is on the clipboard has no name of its own: browsers call every picture "image.png". */
export function clipboardName(file: File): string {
  return /^image\.(png|jpe?g|gif|webp)$/i.test(file.name) ? file.name.replace(/^image/i, "Pasted picture") : file.name || "Pasted file";
}
