/**
 * Markdown as the editor understands it: CommonMark, GitHub's additions, `==mark==` and front matter.
 *
 * Built on @lezer/markdown alone: @codemirror/lang-markdown would bring the HTML, CSS and JavaScript grammars with it
 * (58 KB). It colours text and answers "is the caret in code?"; what is published is the `render` crate's word.
 */
import { defineLanguageFacet, indentNodeProp, Language, languageDataProp, LanguageSupport } from "@codemirror/language";
import { styleTags, tags } from "@lezer/highlight";
import { type BlockParser, type DelimiterType, type MarkdownConfig, parser, GFM } from "@lezer/markdown";

const markDelimiter: DelimiterType = { resolve: "Mark", mark: "MarkMark" };
const equals = 61;
const punctuation = /[\p{P}\p{S}]/u;

/** `==highlighted==`, by the rules of `~~`. */
const mark: MarkdownConfig = {
  defineNodes: [
    { name: "Mark", style: { "Mark/...": tags.special(tags.content) } },
    { name: "MarkMark", style: tags.processingInstruction },
  ],
  parseInline: [
    {
      name: "Mark",
      after: "Emphasis",
      parse(cx, next, pos) {
        if (next !== equals || cx.char(pos + 1) !== equals || cx.char(pos + 2) === equals) return -1;
        const before = cx.slice(pos - 1, pos);
        const after = cx.slice(pos + 2, pos + 3);
        const [spaceBefore, spaceAfter] = [/\s|^$/.test(before), /\s|^$/.test(after)];
        const [signBefore, signAfter] = [punctuation.test(before), punctuation.test(after)];
        const opens = !spaceAfter && (!signAfter || spaceBefore || signBefore);
        const closes = !spaceBefore && (!signBefore || spaceAfter || signAfter);
        return cx.addDelimiter(markDelimiter, pos, pos + 2, opens, closes);
      },
    },
  ],
};

const fence = /^---[ \t]*$/;
const key = /^[\w"'-]+[ \t]*:|^#|^---[ \t]*$/;

const frontMatterBlock: BlockParser = {
  name: "FrontMatter",
  before: "HorizontalRule",
  parse(cx, line) {
    if (cx.lineStart !== 0 || !fence.test(line.text) || !key.test(cx.peekLine())) return false;
    let end = line.text.length;
    // An unclosed one ends at the first blank line: whoever is just typing it does not see the whole text turn grey.
    while (cx.nextLine() && line.text.trim() !== "") {
      end = cx.lineStart + line.text.length;
      if (!fence.test(line.text)) continue;
      cx.nextLine();
      break;
    }
    cx.addElement(cx.elt("FrontMatter", 0, end));
    return true;
  },
};

const frontMatter: MarkdownConfig = {
  defineNodes: [{ name: "FrontMatter", block: true, style: tags.meta }],
  parseBlock: [frontMatterBlock],
};

const data = defineLanguageFacet({ closeBrackets: { brackets: ["(", "[", "{", "'", '"', "`"] } });

const markdownParser = parser.configure([
  GFM,
  mark,
  frontMatter,
  {
    props: [
      indentNodeProp.add({ Document: () => null }),
      languageDataProp.add({ Document: data }),
      // Only code within a line needs a ground of its own; a block has its fences.
      styleTags({ CodeText: tags.content }),
    ],
  },
]);

export const markdownLanguage = new Language(data, markdownParser, [], "markdown");

export function markdown(): LanguageSupport {
  return new LanguageSupport(markdownLanguage);
}
