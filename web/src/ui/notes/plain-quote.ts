/**
 * A passage as a reader saw it: the words of Markdown source without its marks, on one line.
 *
 * A quote may begin and end anywhere, so marks need not come in pairs. Made for display only: what is compared with the
 * text is always the source.
 */
export function plainQuote(source: string): string {
  const lines = source.replace(/^---\r?\n[\s\S]*?\n---[ \t]*(\r?\n|$)/, "").split(/\r?\n/);
  const words = lines.filter((line) => !fence.test(line) && !tableRule.test(line)).map((line) => inline(unmarked(line)));
  const plain = words.join(" ").replace(/\s+/g, " ").trim();
  return /[^\s*_~=`|#>·-]/.test(plain) ? plain : source.replace(/\s+/g, " ").trim();
}

const fence = /^\s*(`{3,}|~{3,})/;
const tableRule = /^\s*\|(\s*:?-+:?\s*\|)+\s*$/;

/** A line without what makes it a heading, a list item, a quotation, a row of a table. */
function unmarked(line: string): string {
  return line
    .replace(/^\s*(>\s?)+/, "")
    .replace(/^\s*\[!\w+\]\s*/, "")
    .replace(/^\s{0,3}#{1,6}(\s+|$)/, "")
    .replace(/\s+#+\s*$/, "")
    .replace(/^\s*([-*+]|\d{1,9}[.)])\s+(\[[ xX]\]\s+)?/, "")
    .replace(/^\s*\|(?=.*\|)/, "")
    .replace(/\|\s*$/, "")
    .replace(/(?<=\S)\s*\|\s*(?=\S)/g, " · ");
}

/** Without emphasis, links, code marks and tags; what stands between code marks is left as it is. */
function inline(line: string): string {
  return line
    .split(/(`+)(.+?)\1(?!`)/)
    .map((part, n) => (n % 3 === 0 ? text(part) : n % 3 === 1 ? "" : part.trim()))
    .join("");
}

function text(part: string): string {
  return part
    .replace(/!?\[([^\[\]]*)\](\([^()\s]*(\s+"[^"]*")?\)|\[[^\[\]]*\])/g, "$1")
    .replace(/\[\^[^\]\s]+\]:?/g, "")
    .replace(/<((?:https?:\/\/|mailto:)[^<>\s]+)>/g, "$1")
    .replace(/<\/?[a-zA-Z][^<>]*>/g, "")
    .replace(/(?<!\\)(\*\*|__|~~|==|`+)/g, "")
    .replace(/(?<!\\)(\*(?=\S)|(?<=\S)\*)/g, "")
    .replace(/(?<![\p{L}\p{N}\\])_(?=\S)|(?<=\S)(?<!\\)_(?![\p{L}\p{N}])/gu, "")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1");
}
