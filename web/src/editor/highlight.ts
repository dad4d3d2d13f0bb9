/** How Markdown source looks: type, not colour. Marks step back, headings are bold, only addresses are in the accent. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const style = HighlightStyle.define([
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.quote, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through", color: "var(--ink-2)" },
  { tag: tags.special(tags.content), backgroundColor: "var(--mark)", borderRadius: "var(--r-mark)" },
  {
    tag: tags.monospace,
    color: "var(--ink-2)",
    backgroundColor: "color-mix(in oklab, var(--ink) 6%, transparent)",
    borderRadius: "var(--r-mark)",
  },
  { tag: tags.link, color: "var(--ink)" },
  { tag: tags.url, color: "var(--accent)" },
  { tag: [tags.labelName, tags.string], color: "var(--ink-2)" },
  { tag: [tags.atom, tags.contentSeparator, tags.comment, tags.meta, tags.character, tags.escape], color: "var(--ink-3)" },
  // Last, so that it also holds for the marks inside a heading or a link.
  { tag: tags.processingInstruction, color: "var(--ink-3)", fontWeight: "400", fontStyle: "normal" },
]);

export const highlighting = syntaxHighlighting(style);
