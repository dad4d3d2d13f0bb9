/** Which picture a command has, and in what order the formatting buttons stand. */
import type { CommandName } from "../../editor/commands";
import * as icons from "../icons";
import * as moreIcons from "../more-icons";

export const commandIcons: Record<CommandName, icons.Icon> = {
  bold: moreIcons.Bold,
  italic: moreIcons.Italic,
  strike: moreIcons.Strike,
  mark: moreIcons.Mark,
  code: moreIcons.Code,
  heading: moreIcons.Heading,
  heading1: moreIcons.Heading1,
  heading2: moreIcons.Heading2,
  heading3: moreIcons.Heading3,
  quote: moreIcons.Quote,
  codeBlock: moreIcons.CodeBlock,
  bulleted: moreIcons.Bulleted,
  numbered: moreIcons.Numbered,
  task: moreIcons.Tasks,
  link: moreIcons.Chain,
  image: moreIcons.Image,
  table: moreIcons.Table,
  rule: moreIcons.Rule,
  indent: moreIcons.Indent,
  outdent: moreIcons.Outdent,
  undo: moreIcons.Undo,
  redo: moreIcons.Redo,
  find: moreIcons.Find,
  replace: moreIcons.Find,
};

export const deskOrder: readonly (CommandName | "gap")[] = [
  "bold",
  "italic",
  "strike",
  "mark",
  "code",
  "gap",
  "heading",
  "quote",
  "codeBlock",
  "gap",
  "bulleted",
  "numbered",
  "task",
  "gap",
  "link",
  "image",
  "table",
];

/** Undo and redo have a place of their own there. */
export const phoneOrder: readonly CommandName[] = [
  "bold",
  "italic",
  "heading",
  "bulleted",
  "numbered",
  "task",
  "indent",
  "outdent",
  "quote",
  "code",
  "link",
  "image",
];
