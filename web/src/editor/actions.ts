/** What each command of the table does, and whether it holds where the caret is. */
import type { EditorState, TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import * as blocks from "./blocks";
import type { Collab } from "./collab";
import type { CommandName } from "./commands";
import { finishComposing } from "./composition";
import { type Format, formats, hasFormat, toggled } from "./inline";
import { hasLink, linked, pictured } from "./links";
import { search } from "./late";
import { moved } from "./lists";

export interface Action {
  run(view: EditorView): void;
  active?(state: EditorState): boolean;
}

export type Actions = Record<CommandName, Action>;

/** What an input method is composing is finished first: a change under it would write it twice. */
export function actions(history: Collab): Actions {
  const all = Object.entries(plainActions(history)) as [CommandName, Action][];
  const finishing = all.map(([name, action]): [CommandName, Action] => {
    const run = (view: EditorView) => {
      finishComposing(view);
      action.run(view);
    };
    return [name, { ...action, run }];
  });
  return Object.fromEntries(finishing) as Actions;
}

function plainActions(history: Collab): Actions {
  /** An edit that is undone on its own. */
  const edit = (change: (state: EditorState) => TransactionSpec | null) => (view: EditorView) => {
    const spec = view.state.readOnly ? null : change(view.state);
    if (!spec) return;
    history.cut();
    view.dispatch(spec);
    history.cut();
  };
  const inline = (format: Format): Action => ({
    run: edit((state) => toggled(state, format)),
    active: (state) => hasFormat(state, format),
  });
  const heading = (level: number): Action => ({
    run: edit((state) => blocks.heading(state, level)),
    active: (state) => blocks.headingLevel(state) === level,
  });
  const list = (kind: blocks.ListKind): Action => ({
    run: edit((state) => blocks.list(state, kind)),
    active: (state) => blocks.listKind(state) === kind,
  });
  return {
    bold: inline(formats.bold),
    italic: inline(formats.italic),
    strike: inline(formats.strike),
    mark: inline(formats.mark),
    code: inline(formats.code),
    link: { run: edit(linked), active: hasLink },
    image: { run: edit(pictured) },
    heading: { run: edit(blocks.headingCycled), active: (state) => blocks.headingLevel(state) > 0 },
    heading1: heading(1),
    heading2: heading(2),
    heading3: heading(3),
    quote: { run: edit(blocks.quote), active: blocks.isQuote },
    codeBlock: { run: edit(blocks.codeBlock), active: blocks.isCodeBlock },
    bulleted: list("bulleted"),
    numbered: list("numbered"),
    task: list("task"),
    indent: { run: edit((state) => moved(state, "in")) },
    outdent: { run: edit((state) => moved(state, "out")) },
    table: { run: edit(blocks.table) },
    rule: { run: edit(blocks.rule) },
    undo: { run: (view) => view.state.readOnly || history.undo() },
    redo: { run: (view) => view.state.readOnly || history.redo() },
    find: { run: (view) => search(view, "find") },
    replace: { run: (view) => search(view, "replace") },
  };
}
