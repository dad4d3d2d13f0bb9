/** What a file's name says in the text. */

/** Text that can be brought into a document as it is. */
export const isMarkdown = ({ name }: { name: string }): boolean => /\.(md|markdown|mdown|txt)$/i.test(name);

/** What is on the clipboard has no name of its own: browsers call every picture "image.png". */
export function clipboardName(file: File): string {
  return /^image\.(png|jpe?g|gif|webp)$/i.test(file.name) ? file.name.replace(/^image/i, "Pasted picture") : file.name || "Pasted file";
}
