/** Which of CodeMirror's own keys are taken. */
import type { KeyBinding } from "@codemirror/view";

/** Nothing that AltGr could press by accident, and no second way to search. */
export function plain({ key = "", linux = key, win = key, mac = key }: KeyBinding): boolean {
  const alt = [key, linux, win, mac].some((it) => /(?:Ctrl|Mod)-Alt-(?!Arrow)/.test(it));
  return !alt && key !== "Mod-f" && key !== "Mod-Alt-g" && key !== "Alt-g";
}
