/**
 * Keys: one notation ("Mod-Shift-x", CodeMirror's), shown the way the reader's keyboard names it, and matched so that
 * AltGr never counts as Ctrl-Alt: Polish and German people type with it.
 */
export const onMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

const macNames: Record<string, string> = { Mod: "⌘", Ctrl: "⌃", Alt: "⌥", Shift: "⇧" };

/** The keycaps of a chord, in order. */
export function keycaps(chord: string, mac = onMac): string[] {
  const parts = chord === "-" ? ["-"] : chord.split("-");
  return parts.map((part) => {
    if (mac && macNames[part]) return macNames[part];
    if (part === "Mod") return "Ctrl";
    return part.length === 1 ? part.toUpperCase() : part;
  });
}

export function matches(event: KeyboardEvent, chord: string, mac = onMac): boolean {
  const parts = chord.split("-");
  const key = parts.pop() ?? "";
  const wants = (name: string) => parts.includes(name);
  const ctrl = wants("Ctrl") || (wants("Mod") && !mac);
  if (event.ctrlKey !== ctrl || event.metaKey !== (wants("Mod") && mac)) return false;
  if (event.altKey !== wants("Alt") || event.shiftKey !== wants("Shift")) return false;
  if (wants("Alt") && event.getModifierState("AltGraph")) return false;
  return named(event) === key.toLowerCase();
}

/** The letter of an event; Alt may have turned it into another sign, then the key's place decides. */
function named(event: KeyboardEvent): string {
  const key = event.key.toLowerCase();
  const place = /^Key([A-Z])$/.exec(event.code)?.[1];
  return event.altKey && place && !/^[a-z]$/.test(key) ? place.toLowerCase() : key;
}

/** Whether a bare key belongs to what has the focus: a field, the editor, an open dialog. */
export function typing(event: KeyboardEvent): boolean {
  const target = event.target as Element | null;
  return !!target?.closest?.("input, textarea, select, [contenteditable='true'], dialog, [role='menu']");
}
