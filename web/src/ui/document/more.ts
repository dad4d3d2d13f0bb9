/** What the page can do beside formatting: the same list for the More menu, the palette and the page of keys. */
import { commands } from "../../editor/commands";
import type { HelpGroup } from "../help";
import * as actionIcons from "../action-icons";
import * as icons from "../icons";
import * as moreIcons from "../more-icons";
import { installGalley, offer } from "../install-offer";
import type { MenuEntry } from "../menu";
import type { PaletteCommand } from "../palette/palette";
import { setTheme } from "../theme";
import { canShare } from "../share/system";
import { commandIcons } from "./command-icons";
import type { Desk } from "./desk";
import type { NotesAs } from "./files";
import { gather } from "./people";

export const keys = {
  palette: "F1",
  save: "Mod-s",
  edit: "Ctrl-Alt-e",
  both: "Ctrl-Alt-b",
  view: "Ctrl-Alt-v",
  help: "?",
  note: "Mod-Alt-m",
  nextNote: "F8",
  previousNote: "Shift-F8",
  outline: "Ctrl-Alt-o",
  history: "Mod-Alt-h",
  nameVersion: "Shift-Mod-s",
  nextChange: "F7",
  previousChange: "Shift-F7",
  print: "Mod-p",
  pastePlain: "Shift-Mod-v",
} as const;

export function moreEntries(desk: Desk): MenuEntry[] {
  const { action, rule } = entries;
  const writes = desk.writable.value;
  return [
    ...(writes ? [action("Rename", actionIcons.Pencil, () => (desk.renaming.value = true))] : []),
    action("Copy link", actionIcons.Copy, () => void desk.copyAddress()),
    ...(canShare() ? [action("Share link…", moreIcons.ShareOut, () => void desk.shareAddress())] : []),
    rule,
    action("Download .md", actionIcons.Download, desk.downloadMarkdown),
    action("Download .html", actionIcons.FileText, () => desk.downloadAs("html")),
    action("Download .zip", moreIcons.Package, () => desk.downloadAs("zip")),
    ...(hasNotes(desk)
      ? [action("Download .md with notes", icons.Note, () => desk.downloadWithNotes("criticmarkup"))]
      : []),
    ...(writes ? [action("Import .md", moreIcons.Upload, () => chooseFile(desk))] : []),
    action("Print", moreIcons.Printer, desk.print, keys.print),
    rule,
    ...lookCommands(desk).map(({ label, icon, keys: chord, run }) => action(label, icon, run, chord)),
    rule,
    ...historyCommands(desk).map(({ label, icon, keys: chord, run }) => action(label, icon, run, chord)),
    action("Pictures and files", moreIcons.Image, () => desk.open({ kind: "files" })),
    ...[...noteCommands(desk), ...authorCommands(desk), ...peopleCommands(desk)]
      .filter(({ more }) => more)
      .map(({ label, icon, run }) => action(label, icon, run)),
    rule,
    ...(writes ? [action("Commands", moreIcons.Commands, () => desk.open({ kind: "palette" }), keys.palette)] : []),
    action("Markdown cheat sheet", moreIcons.Book, () => desk.open({ kind: "cheat-sheet" })),
    action("Keyboard", actionIcons.Keyboard, () => desk.open({ kind: "help" }), keys.help),
    ...(desk.me.value.kind === "nobody"
      ? []
      : [action("Change your name", actionIcons.Pencil, () => desk.open({ kind: "name" }))]),
    ...(desk.me.value.kind === "guest"
      ? [action("Create an account or sign in", icons.Key, () => location.assign("/"))]
      : []),
    { kind: "theme" },
    ...(desk.owner.value
      ? [rule, { ...action("Move to trash", actionIcons.Trash, desk.askTrash), danger: true } satisfies MenuEntry]
      : []),
  ];
}

const entries = {
  rule: { kind: "rule" } as MenuEntry,
  action: (label: string, icon: icons.Icon, run: () => void, chord?: string) =>
    ({ kind: "action", label, icon, run, ...(chord ? { keys: chord } : {}) }) satisfies MenuEntry,
};

export function paletteCommands(desk: Desk): PaletteCommand[] {
  const text = commands.map(({ name, label, group, key }): PaletteCommand => {
    return {
      id: name,
      label,
      group,
      ...(key ? { keys: key } : {}),
      icon: commandIcons[name],
      run: () => {
        desk.editor.value?.run(name);
        desk.editor.value?.focus();
      },
    };
  });
  return [
    ...(desk.writes.value ? text : []),
    ...viewCommands(desk),
    ...noteCommands(desk),
    ...authorCommands(desk),
    ...peopleCommands(desk),
    ...documentCommands(desk),
    ...historyCommands(desk),
  ];
}

interface MoreCommand extends PaletteCommand {
  icon: icons.Icon;
  /** Also in the More menu. */
  more?: true;
}

function noteCommands({ notes: { board } }: Desk): MoreCommand[] {
  const group = "Notes";
  const shown = board.shown.value;
  const { open, detached } = board.counts.value;
  const count = open + detached === 0 ? "" : ` (${open + detached} open)`;
  const show = () => (shown ? board.close() : void (board.shown.value = true));
  const step = (by: 1 | -1) => () => board.step(by, "focus");
  return [
    ...(board.writes.value ? [{ id: "note", label: "Add a note", group, icon: moreIcons.NotePlus, keys: keys.note, run: board.start }] : []),
    { id: "next-note", label: "Next note", group, icon: icons.Note, keys: keys.nextNote, run: step(1) },
    { id: "previous-note", label: "Previous note", group, icon: icons.Note, keys: keys.previousNote, run: step(-1) },
    { id: "notes", label: shown ? "Hide notes" : `Show notes${count}`, group, icon: icons.Note, more: true, run: show },
  ];
}

/** Who wrote what, and what changed. */
function authorCommands({ who, since, writes }: Desk): MoreCommand[] {
  const group = "Authors";
  const icon = moreIcons.Author;
  const label = who.shown.value === "shown" ? "Hide who wrote this" : "Who wrote this";
  const commands: MoreCommand[] = [{ id: "authors", label, group, icon, more: true, run: who.toggle }];
  if (writes.value) commands.push({ id: "author-line", label: "Who wrote this line", group, icon, run: who.sayLine });
  if (since.state.value.kind === "changes")
    commands.push(
      { id: "next-change", label: "Next change", group, icon: moreIcons.Changes, keys: keys.nextChange, run: () => void since.step(1) },
      { id: "previous-change", label: "Previous change", group, icon: moreIcons.Changes, keys: keys.previousChange, run: () => void since.step(-1) },
    );
  if (since.state.value.kind !== "nothing")
    commands.push({ id: "seen", label: "Dismiss the changes", group, icon: icons.Close, run: () => void since.dismiss() });
  return commands;
}

function peopleCommands(desk: Desk): MoreCommand[] {
  const { together } = desk;
  const group = "People";
  const others = gather(desk.session.peers.value).filter(({ self }) => !self);
  const followed = together.following.value;
  const list = () => void (together.listed.value = true);
  const commands: MoreCommand[] = [{ id: "here", label: "Everybody here", group, icon: moreIcons.Users, more: true, run: list }];
  if (desk.writes.value) {
    const hide = together.carets.value === "shown" ? "Hide others’ carets" : "Show others’ carets";
    commands.push(
      { id: "bring", label: "Bring everyone here", group, icon: moreIcons.Bring, more: true, run: together.call },
      { id: "carets", label: hide, group, icon: moreIcons.Caret, more: true, run: together.switchCarets },
    );
  }
  if (followed)
    commands.push({ id: "unfollow", label: "Stop following", group, icon: icons.Close, keys: "Esc", run: together.stop });
  for (const { author, name } of others)
    commands.push({ id: `follow-${author}`, label: `Follow ${name}`, group, icon: moreIcons.Users, run: () => together.follow(author) });
  return commands;
}

/** Other ways to look at the text, for readers too. */
function lookCommands({ outline, present }: Desk): MoreCommand[] {
  const group = "View";
  const label = outline.shown.value ? "Hide the outline" : "Outline";
  return [
    { id: "outline", label, group, icon: moreIcons.Outline, keys: keys.outline, run: () => outline.toggle("key") },
    { id: "present", label: "Present as slides", group, icon: moreIcons.Present, run: present },
  ];
}

function viewCommands(desk: Desk): PaletteCommand[] {
  const scroll = desk.scroll.value;
  const linked = scroll?.linked;
  const group = "View";
  return [
    { id: "edit", label: "Edit", group, icon: actionIcons.Pencil, keys: keys.edit, run: () => desk.show("edit") },
    { id: "both", label: "Both", group, icon: moreIcons.Columns, keys: keys.both, run: () => desk.show("both") },
    { id: "view", label: "View", group, icon: moreIcons.Eye, keys: keys.view, run: () => desk.show("view") },
    ...(linked
      ? [
          {
            id: "scroll",
            label: linked.value ? "Unlink scrolling" : "Link scrolling",
            group,
            icon: moreIcons.Link,
            run: () => (linked.value = !linked.value),
          },
        ]
      : []),
    ...lookCommands(desk),
    { id: "light", label: "Light theme", group, icon: actionIcons.Sun, run: () => setTheme("light") },
    { id: "dark", label: "Dark theme", group, icon: actionIcons.Moon, run: () => setTheme("dark") },
    { id: "system", label: "Theme as the system", group, icon: actionIcons.Monitor, run: () => setTheme("system") },
  ];
}

/** What was: for those who may bring it back. */
function historyCommands(desk: Desk): MoreCommand[] {
  if (!desk.writes.value) return [];
  const group = "Document";
  const name = () => desk.open({ kind: "name-version" });
  return [
    { id: "history", label: "History", group, icon: moreIcons.History, keys: keys.history, run: () => toHistory(desk) },
    { id: "name-version", label: "Name this version", group, icon: moreIcons.Bookmark, keys: keys.nameVersion, run: name },
  ];
}

export function toHistory(desk: Desk): void {
  location.assign(`${desk.document.url}/history`);
}

function documentCommands(desk: Desk): PaletteCommand[] {
  const group = "Document";
  return [
    ...(desk.writes.value
      ? [{ id: "share", label: "Share", group, icon: actionIcons.UserPlus, run: () => desk.open({ kind: "share" }) }]
      : []),
    ...(desk.asks.value
      ? [{ id: "ask", label: "Ask for access", group, icon: moreIcons.Lock, run: () => desk.open({ kind: "ask-access" }) }]
      : []),
    ...(desk.writable.value
      ? [{ id: "rename", label: "Rename", group, icon: actionIcons.Pencil, run: () => (desk.renaming.value = true) }]
      : []),
    { id: "address", label: "Copy link", group, icon: actionIcons.Copy, run: () => void desk.copyAddress() },
    ...(canShare() ? [{ id: "share-address", label: "Share link…", group, icon: moreIcons.ShareOut, run: () => void desk.shareAddress() }] : []),
    { id: "copy-text", label: "Copy the whole text", group, icon: actionIcons.Copy, run: () => void desk.copyText() },
    { id: "saved", label: "Is it saved?", group, icon: actionIcons.Check, keys: keys.save, run: desk.saySaved },
    { id: "markdown", label: "Download .md", group, icon: actionIcons.Download, run: desk.downloadMarkdown },
    { id: "html", label: "Download .html", group, icon: actionIcons.FileText, run: () => desk.downloadAs("html") },
    { id: "zip", label: "Download .zip with pictures and notes", group, icon: moreIcons.Package, run: () => desk.downloadAs("zip") },
    ...(offer.value ? [{ id: "install", label: "Install Galley", group, icon: actionIcons.Phone, run: installGalley }] : []),
    { id: "print", label: "Print", group, icon: moreIcons.Printer, keys: keys.print, run: desk.print },
    { id: "files", label: "Pictures and files", group, icon: moreIcons.Image, run: () => desk.open({ kind: "files" }) },
    ...(hasNotes(desk) ? notesFiles.map((file) => withNotes(desk, file)) : []),
    ...(desk.writable.value
      ? [
          { id: "attach", label: "Add a picture or file", group, icon: icons.Plus, run: desk.chooseFiles },
          { id: "import", label: "Import .md", group, icon: moreIcons.Upload, run: () => chooseFile(desk) },
        ]
      : []),
    { id: "cheat-sheet", label: "Markdown cheat sheet", group, icon: moreIcons.Book, run: () => desk.open({ kind: "cheat-sheet" }) },
    {
      id: "keys",
      label: "Keyboard",
      group,
      icon: actionIcons.Keyboard,
      keys: keys.help,
      run: () => desk.open({ kind: "help" }),
    },
    { id: "documents", label: "Your documents", group, icon: moreIcons.ChevronLeft, run: () => location.assign("/") },
    ...(desk.owner.value
      ? [{ id: "trash", label: "Move to trash", group, icon: actionIcons.Trash, run: desk.askTrash }]
      : []),
  ];
}

export function helpGroups(desk: Desk): HelpGroup[] {
  const groups = new Map<string, { label: string; chord: string }[]>();
  for (const command of paletteCommands(desk)) {
    if (!command.keys) continue;
    const group = groups.get(command.group) ?? [];
    group.push({ label: command.label, chord: command.keys });
    groups.set(command.group, group);
  }
  groups
    .get("Notes")
    ?.push({ label: "Down the margin", chord: "j" }, { label: "Up the margin", chord: "k" }, { label: "Reply", chord: "r" }, { label: "Post", chord: "Mod-Enter" });
  if (desk.writes.value)
    groups
      .get("Document")
      ?.push({ label: "Commands", chord: keys.palette }, { label: "Paste plain text", chord: keys.pastePlain }, { label: "Leave the source", chord: "Esc-Tab" });
  return [...groups].map(([name, all]) => ({ name, keys: all }));
}

const notesFiles: readonly { as: NotesAs; label: string }[] = [
  { as: "criticmarkup", label: "Download .md with notes as CriticMarkup" },
  { as: "footnotes", label: "Download .md with notes as footnotes" },
  { as: "json", label: "Download text and notes as JSON" },
];

function withNotes(desk: Desk, { as, label }: { as: NotesAs; label: string }): PaletteCommand {
  return { id: `notes-${as}`, label, group: "Document", icon: icons.Note, run: () => desk.downloadWithNotes(as) };
}

function hasNotes(desk: Desk): boolean {
  return desk.session.notes.all.value.length > 0;
}

function chooseFile(desk: Desk): void {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".md,.markdown,.txt,text/markdown,text/plain";
  input.onchange = () => void desk.bring([...(input.files ?? [])]);
  input.click();
}
