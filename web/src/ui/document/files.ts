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

/** The text with its notes, as the server has them. Its answer names the file. */
export function downloadWithNotes(document: string, as: NotesAs): void {
  const link = window.document.createElement("a");
  link.href = `/api/documents/${document}/export?notes=${as}`;
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

/** The rendered text as a page of its own, without what only the editor needs. */
export function htmlFile(title: string, article: HTMLElement): string {
  const copy = article.cloneNode(true) as HTMLElement;
  for (const block of copy.querySelectorAll(".block")) block.replaceWith(...block.childNodes);
  for (const element of copy.querySelectorAll("[data-line]")) element.removeAttribute("data-line");
  const main = document.createElement("main");
  main.append(...copy.childNodes);
  const head = document.createElement("title");
  head.textContent = title;
  return `<!doctype html>
<html lang="${copy.lang || "en"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head.outerHTML}
<style>${fileStyle}</style>
</head>
<body>
${main.outerHTML}
</body>
</html>
`;
}

const fileStyle = `:root{color-scheme:light dark}body{max-width:66ch;margin:3rem auto;padding:0 1.2rem;font:1.1rem/1.6 Charter,Georgia,serif}pre,code{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85em}pre{overflow-x:auto}img{max-width:100%}blockquote{margin-inline:0;padding-left:1rem;border-left:2px solid}table{border-collapse:collapse}th,td{padding:.4em .8em .4em 0;border-bottom:1px solid;text-align:left}.num{text-align:right}.task{list-style:none}`;
