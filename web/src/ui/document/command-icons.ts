/** Which picture a command has, and in what order the formatting buttons stand. */
import type { CommandName } from "../../editor/commands";
import * as icons from "../icons";

export const commandIcons: Record<CommandName, icons.Icon> = {
  bold: icons.Bold,
  italic: icons.Italic,
  strike: icons.Strike,
  mark: icons.Mark,
  code: icons.Code,
  heading: icons.Heading,
  heading1: icons.Heading1,
  heading2: icons.Heading2,
  heading3: icons.Heading3,
  quote: icons.Quote,
  codeBlock: icons.CodeBlock,
  bulleted: icons.Bulleted,
  numbered: icons.Numbered,
  task: icons.Tasks,
  link: icons.Chain,
  image: icons.Image,
  table: icons.Table,
  rule: icons.Rule,
  indent: icons.Indent,
  outdent: icons.Outdent,
  undo: icons.Undo,
  redo: icons.Redo,
  find: icons.Find,
  replace: icons.Find,
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
