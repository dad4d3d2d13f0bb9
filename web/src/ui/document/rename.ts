/** Renaming is an edit of the text, for the title is in it: front matter, else the first heading, else a new one. */
export interface TextEdit {
  from: number;
  to: number;
  insert: string;
}

/** What a text is called before anything has rendered it; "" if it does not say. */
export function titleIn(text: string): string {
  const front = /^---\r?\n([\s\S]*?\n)?---[ \t]*(\r?\n|$)/.exec(text);
  const inFront = front && /^title:[ \t]*(.*?)[ \t]*\r?$/m.exec(front[0])?.[1];
  if (inFront) return inFront.replace(/^(["'])(.*)\1$/, "$2");
  const heading = firstHeading(text, front ? front[0].length : 0);
  return heading ? text.slice(heading.from, heading.to) : "";
}

export function renaming(text: string, title: string): TextEdit {
  const plain = title.replace(/\s+/g, " ").trim();
  const front = /^---\r?\n([\s\S]*?\n)?---[ \t]*(\r?\n|$)/.exec(text);
  const inFront = front && /^title:[ \t]*(.*?)[ \t]*\r?$/m.exec(front[0]);
  if (front && inFront) {
    const from = inFront.index + inFront[0].indexOf(":") + 1;
    return { from, to: inFront.index + inFront[0].trimEnd().length, insert: " " + yamlText(plain) };
  }
  const start = front ? front[0].length : 0;
  const heading = firstHeading(text, start);
  if (heading) return { ...heading, insert: plain };
  return { from: start, to: start, insert: `# ${plain}\n\n` };
}

/** The words of the first `#` heading outside a code fence. */
function firstHeading(text: string, start: number): { from: number; to: number } | null {
  let fence: string | null = null;
  let at = start;
  for (const line of text.slice(start).split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark && !fence) fence = mark;
    else if (mark && fence && mark.startsWith(fence)) fence = null;
    const heading = fence ? null : /^( {0,3}#{1,6}[ \t]+)(.*?)([ \t]+#+)?[ \t]*\r?$/.exec(line);
    if (heading?.[2]) {
      const from = at + (heading[1]?.length ?? 0);
      return { from, to: from + heading[2].length };
    }
    at += line.length + 1;
  }
  return null;
}

/** Quoted when YAML would read it as something else. */
function yamlText(text: string): string {
  return /^[\p{L}\p{N}][^:#"'\\{}[\],&*?|<>=!%@`]*$/u.test(text) &&
    !/^(true|false|null|yes|no|on|off|[\d.\-+]+)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
