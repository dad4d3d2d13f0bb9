/** Everything the dialect has, each with an example. `words`: what else somebody may look for. */

export interface Construct {
  name: string;
  group: string;
  words: string;
  source: string;
  /** Within a line; else it begins one of its own. */
  inline?: true;
  /** Said instead of a rendering, where the example alone shows nothing. */
  says?: string;
}

const fence = "```";

export const constructs: readonly Construct[] = [
  { group: "Text", name: "Bold", words: "strong fat", source: "**bold**", inline: true },
  { group: "Text", name: "Italic", words: "emphasis slanted", source: "*italic*", inline: true },
  { group: "Text", name: "Strike through", words: "delete crossed out", source: "~~gone~~", inline: true },
  { group: "Text", name: "Highlight", words: "mark yellow", source: "==marked==", inline: true },
  { group: "Text", name: "Code", words: "monospace literal", source: "`code`", inline: true },
  { group: "Text", name: "Superscript and subscript", words: "sup sub index power", source: "x<sup>2</sup> and H<sub>2</sub>O", inline: true },
  { group: "Text", name: "Keys", words: "kbd keyboard", source: "<kbd>Ctrl</kbd>", inline: true },
  { group: "Text", name: "Emoji", words: "smiley code", source: ":tada: :wave:", inline: true },
  { group: "Text", name: "Abbreviation", words: "abbr acronym", source: "HTML is old.\n\n*[HTML]: Hypertext Markup Language" },
  { group: "Text", name: "As it is written", words: "escape backslash", source: "\\*no italics\\*", inline: true },
  { group: "Structure", name: "Headings", words: "title section h1 h2", source: "# First\n\n## Second\n\n### Third" },
  { group: "Structure", name: "Divider, and the next slide", words: "rule hr line present", source: "one\n\n---\n\ntwo" },
  { group: "Structure", name: "New line", words: "break br", source: "one\\\ntwo" },
  { group: "Structure", name: "Quote", words: "blockquote", source: "> It has no pretensions\n> to originate anything." },
  { group: "Structure", name: "Table of contents", words: "toc outline", source: "[TOC]\n\n## One\n\n## Two" },
  { group: "Structure", name: "Front matter", words: "yaml title tags language", source: "---\ntitle: A title\nlang: en\n---", says: "At the top of the text: its title, language and tags." },
  { group: "Lists", name: "Bulleted list", words: "unordered ul", source: "- one\n- two\n  - inside" },
  { group: "Lists", name: "Numbered list", words: "ordered ol", source: "1. one\n2. two" },
  { group: "Lists", name: "Task list", words: "todo checkbox done", source: "- [x] done\n- [ ] to do" },
  { group: "Lists", name: "Definitions", words: "term dl glossary", source: "Mill\n: works on numbers" },
  { group: "Links and pictures", name: "Link", words: "url anchor", source: "[a link](https://example.org)", inline: true },
  { group: "Links and pictures", name: "Address", words: "url autolink", source: "https://example.org", inline: true },
  { group: "Links and pictures", name: "Picture", words: "image photo", source: "![what it shows](address.jpg)", inline: true, says: "A picture; paste or drop one to keep it with the document." },
  { group: "Links and pictures", name: "Footnote", words: "reference note", source: "Known[^1].\n\n[^1]: By whom." },
  { group: "Links and pictures", name: "Embed", words: "youtube vimeo codepen gist video", source: "{% youtube dQw4w9WgXcQ %}" },
  { group: "Blocks", name: "Code block", words: "fence program highlight", source: `${fence}rust\nlet n = 1;\n${fence}` },
  { group: "Blocks", name: "Table", words: "grid columns rows", source: "| Card | Columns |\n|------|--------:|\n| one  | 1,000   |" },
  { group: "Blocks", name: "Alert", words: "note warning tip callout admonition", source: "> [!NOTE]\n> Worth knowing." },
  { group: "Blocks", name: "Container", words: "note warning tip callout admonition", source: ":::warning Careful\nHot.\n:::" },
  { group: "Blocks", name: "Details", words: "spoiler fold collapse", source: ":::details More\nUntil it is opened.\n:::" },
  { group: "Mathematics", name: "Formula", words: "math latex tex equation", source: "$a^2 + b^2 = c^2$", inline: true },
  { group: "Mathematics", name: "Formula on its own", words: "math latex tex equation display", source: "$$\n\\sum_{i=1}^n i = \\frac{n(n+1)}{2}\n$$" },
  { group: "Diagrams", name: "Flowchart", words: "mermaid diagram graph", source: `${fence}mermaid\nflowchart LR\n  A[Card] --> B[Mill]\n${fence}` },
  { group: "Diagrams", name: "Sequence", words: "mermaid diagram", source: `${fence}mermaid\nsequenceDiagram\n  Ada->>Charles: A letter\n${fence}` },
];

/** Those in which every word that was typed stands, at the beginning of a word. */
export function matching(query: string, all: readonly Construct[] = constructs): readonly Construct[] {
  const typed = query.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(({ name, group, words, source }) => {
    const text = `${name} ${group} ${words}`.toLowerCase().split(/[\s,]+/);
    return typed.every((word) => text.some((it) => it.startsWith(word)) || source.toLowerCase().includes(word));
  });
}

/** What to put in between what stands before and behind the caret in its line. */
export function insertion({ source, inline }: Construct, before: string, behind: string): string {
  if (inline) return source;
  const head = before === "" ? "" : before.trim() === "" ? "\n" : "\n\n";
  return head + source + (behind === "" ? "\n" : "\n\n");
}
