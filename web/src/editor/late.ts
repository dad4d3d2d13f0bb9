/**
 * What nobody needs before the first letter, brought right after the editor is there: brackets that close themselves,
 * and find and replace. Invariant: it stands where it would in the order of keys had it been there from the start.
 * Next: `search.ts`.
 */
import { Compartment, type Extension } from "@codemirror/state";
import { type EditorView, ViewPlugin } from "@codemirror/view";

const part = new Compartment();

const bring = () => import("./search");

/** Before the keys that everybody has. */
export const late: Extension = [
  part.of([]),
  ViewPlugin.define((view) => {
    let there = true;
    // Where it does not come, text is typed as ever; asking for the search tries again.
    void put(view, () => there).catch(() => undefined);
    return { destroy: () => void (there = false) };
  }),
];

async function put(view: EditorView, wanted: () => boolean): Promise<void> {
  const { parts } = await bring();
  if (wanted() && part.get(view.state) !== parts) view.dispatch({ effects: part.reconfigure(parts) });
}

/** Opens the strip, with the focus where one writes what to find, or what to put in its place. */
export function search(view: EditorView, field: "find" | "replace"): void {
  void put(view, () => view.dom.isConnected)
    .then(bring)
    .then(({ open }) => open(view, field), () => undefined);
}
