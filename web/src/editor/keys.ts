/**
 * Which keys do what in the text.
 *
 * Keys with Ctrl and Alt are matched here and not by CodeMirror's keymap: on many keyboards AltGr is both at once, and
 * somebody who types "{" with it must get a "{". Tab moves list items and does nothing else; Esc, then Tab, leaves.
 */
import { defaultKeymap, indentLess, indentMore } from "@codemirror/commands";
import { type Extension, Prec, type TransactionSpec } from "@codemirror/state";
import { EditorView, type KeyBinding, keymap } from "@codemirror/view";
import type { Actions } from "./actions";
import { commands } from "./commands";
import { late } from "./late";
import { continued, moved, unmarked } from "./lists";
import { plain } from "./plain-keys";
import { enclosing } from "./syntax";

/** So long after Esc a Tab leaves the text. */
const leavingMs = 4_000;

export function keys(actions: Actions): Extension {
  const withAlt = commands.filter(({ key }) => key?.includes("Alt-"));
  const bindings = commands.flatMap(({ name, key }): KeyBinding[] => {
    if (!key || key.includes("Alt-") || key.endsWith("Tab")) return [];
    return [{ key, run: (view) => (actions[name].run(view), true), preventDefault: true }];
  });
  const direct = EditorView.domEventHandlers({
    keydown(event, view) {
      const command = withAlt.find(({ key = "" }) => matchesAlt(event, key));
      if (!command) return false;
      actions[command.name].run(view);
      return true;
    },
    /** The browser's own undo, from its menu, a keyboard on glass or a shake: it knows nothing of what others wrote. */
    beforeinput({ inputType }, view) {
      if (inputType !== "historyUndo" && inputType !== "historyRedo") return false;
      actions[inputType === "historyUndo" ? "undo" : "redo"].run(view);
      return true;
    },
  });
  const typing: KeyBinding[] = [
    { key: "Enter", run: spec(continued) },
    { key: "Backspace", run: spec(unmarked) },
    { key: "Tab", run: tab("in") },
    { key: "Shift-Tab", run: tab("out") },
    // Also where Esc does something else besides: with a selection it makes a caret of it.
    { key: "Escape", run: (view) => (view.setTabFocusMode(leavingMs), false) },
    { key: "Mod-y", run: (view) => (actions.redo.run(view), true), preventDefault: true },
  ];
  return [
    Prec.high([direct, keymap.of([...bindings, ...typing])]),
    late,
    keymap.of(defaultKeymap.filter(plain)),
  ];
}

const onMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** `Mod-Alt-x`, by the place of the key, since Alt turns its letter into another sign. */
export function matchesAlt(event: KeyboardEvent, key: string, mac = onMac): boolean {
  if (event.getModifierState("AltGraph") || !event.altKey || event.shiftKey) return false;
  const [mod, other] = mac ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  if (!mod || other) return false;
  const sign = key.slice(key.lastIndexOf("-") + 1);
  return event.code === (/\d/.test(sign) ? `Digit${sign}` : `Key${sign.toUpperCase()}`);
}

function spec(change: (state: EditorView["state"]) => TransactionSpec | null): (view: EditorView) => boolean {
  return (view) => {
    const found = view.state.readOnly ? null : change(view.state);
    if (found) view.dispatch(found);
    return found !== null;
  };
}

function tab(direction: "in" | "out"): (view: EditorView) => boolean {
  return (view) => {
    const { state } = view;
    if (state.readOnly) return false;
    const change = moved(state, direction);
    if (change) view.dispatch(change);
    else if (enclosing(state, ["FencedCode", "CodeBlock"], state.selection.main.from)) {
      if (direction === "in") indentMore(view);
      else indentLess(view);
    }
    return true;
  };
}
