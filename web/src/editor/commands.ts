/**
 * Everything the editor can be told to do: one table for the toolbar, the palette, the page of keys and the keymap.
 *
 * Plain data, so that a page can show it before the editor itself has arrived. What each command does stands in
 * `actions.ts`; the types keep the two lists equal.
 */
const table = [
  { name: "bold", label: "Bold", key: "Mod-b", group: "Text" },
  { name: "italic", label: "Italic", key: "Mod-i", group: "Text" },
  { name: "strike", label: "Strike through", key: "Mod-Shift-x", group: "Text" },
  { name: "mark", label: "Highlight", key: "Mod-Shift-h", group: "Text" },
  { name: "code", label: "Code", key: "Mod-e", group: "Text" },
  { name: "link", label: "Link", key: "Mod-k", group: "Text" },
  { name: "image", label: "Image", group: "Text" },
  { name: "heading", label: "Heading", group: "Blocks" },
  { name: "heading1", label: "Heading 1", key: "Mod-Alt-1", group: "Blocks" },
  { name: "heading2", label: "Heading 2", key: "Mod-Alt-2", group: "Blocks" },
  { name: "heading3", label: "Heading 3", key: "Mod-Alt-3", group: "Blocks" },
  { name: "quote", label: "Quote", group: "Blocks" },
  { name: "codeBlock", label: "Code block", key: "Mod-Shift-e", group: "Blocks" },
  { name: "bulleted", label: "Bulleted list", key: "Ctrl-Shift-8", group: "Blocks" },
  { name: "numbered", label: "Numbered list", key: "Ctrl-Shift-7", group: "Blocks" },
  { name: "task", label: "Task list", key: "Ctrl-Shift-9", group: "Blocks" },
  { name: "indent", label: "Indent", key: "Tab", group: "Blocks" },
  { name: "outdent", label: "Outdent", key: "Shift-Tab", group: "Blocks" },
  { name: "table", label: "Table", group: "Blocks" },
  { name: "rule", label: "Divider", group: "Blocks" },
  { name: "undo", label: "Undo", key: "Mod-z", group: "Editing" },
  { name: "redo", label: "Redo", key: "Mod-Shift-z", group: "Editing" },
  { name: "find", label: "Find", key: "Mod-f", group: "Editing" },
  { name: "replace", label: "Find and replace", key: "Mod-Alt-f", group: "Editing" },
] as const;

export type CommandName = (typeof table)[number]["name"];

export interface CommandInfo {
  readonly name: CommandName;
  readonly label: string;
  /** In CodeMirror's notation. */
  readonly key?: string;
  readonly group: string;
}

export const commands: readonly CommandInfo[] = table;
