/** The editor's text is the shared one; undo takes back only what was written here. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { EditorState, type Extension, type Transaction } from "@codemirror/state";
import { yCollab, ySyncAnnotation } from "y-codemirror.next";
import * as Y from "yjs";

export interface Collab {
  extension: Extension;
  undo(): void;
  redo(): void;
  /** What follows is undone on its own. */
  cut(): void;
  /** What follows is one step, however long it takes, until the answer is called. */
  whole(): () => void;
  readonly redoable: ReadonlySignal<boolean>;
}

const captureMs = 500;

export function collab(text: Y.Text): Collab {
  // The sync plugin adds its own origin: nothing of others, and nothing the server sent, is ever undone here.
  const history = new Y.UndoManager(text, { trackedOrigins: new Set(), captureTimeout: captureMs });
  const redoable = signal(false);
  const look = () => void (redoable.value = history.redoStack.length > 0);
  for (const event of ["stack-item-added", "stack-item-popped", "stack-cleared"] as const) history.on(event, look);
  return {
    redoable,
    extension: [yCollab(text, null, { undoManager: history }), plainLineEnds, EditorState.lineSeparator.of("\n")],
    undo: () => void history.undo(),
    redo: () => void history.redo(),
    cut: () => history.stopCapturing(),
    whole() {
      history.stopCapturing();
      history.captureTimeout = Number.POSITIVE_INFINITY;
      return () => void (history.captureTimeout = captureMs);
    },
  };
}

/** Whether a transaction brings what somebody else wrote. */
export function isRemote(transaction: Transaction): boolean {
  return transaction.annotation(ySyncAnnotation) !== undefined;
}

/** With LF as the only separator a pasted CR would become text. */
const plainLineEnds = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || isRemote(transaction)) return transaction;
  let foreign = false;
  const changes: { from: number; to: number; insert: string }[] = [];
  transaction.changes.iterChanges((from, to, _fromNew, _toNew, inserted) => {
    const text = inserted.toString();
    foreign ||= text.includes("\r");
    changes.push({ from, to, insert: text.replace(/\r\n?/g, "\n") });
  });
  if (!foreign) return transaction;
  const set = transaction.startState.changes(changes);
  const selection = transaction.startState.selection.map(set, 1);
  const userEvent = transaction.isUserEvent("input") ? { userEvent: "input" } : {};
  return [{ changes: set, selection, effects: transaction.effects, scrollIntoView: true, ...userEvent }];
});
