/**
 * What is pasted, by what it is: an address over words, files, cells, formatted text, or plain text.
 *
 * Invariant: where nothing of the format is worth keeping, in code, and with Shift-Mod-V, the plain text is pasted, by
 * the editor itself. The conversion is loaded when it is first needed; until then the place is held. Next:
 * `from-html.ts`, `cells.ts`, `arrivals.ts`.
 */
import { EditorSelection, type EditorState, type Extension, type TransactionSpec } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { Attachment, Where } from "./arrivals";
import { cellsOf, plainCell, tableOf } from "./cells";
import type { Converted } from "./from-html";
import { type Held, held, heldPassages } from "./held";
import { pasted } from "./links";
import { clipboardName, isMarkdown } from "./names";
import { isLiteral } from "./syntax";

export interface Pasting {
  /** HTML as nodes that nothing happens to. */
  inert(html: string): DocumentFragment;
  attach(view: EditorView, attachments: readonly Attachment[], where: Where): void;
  /** Markdown files go into the text as they are. */
  onTexts(files: readonly File[]): void;
  /** The paste became Markdown. */
  onConverted(): void;
  /** What follows is undone on its own. */
  cut(): void;
}

/** More HTML is a whole site: its plain text will do. */
const htmlMax = 4_000_000;
/** A key and its paste come within so long. */
const keyMs = 500;
/** A picture inside pasted HTML; larger ones are files, and are brought as such. */
const dataUrlMax = 8_000_000;

export function pasting(how: Pasting): Extension {
  let plainUntil = 0;
  return [
    heldPassages,
    EditorView.domEventHandlers({
      keydown(event) {
        if (event.shiftKey && (event.ctrlKey || event.metaKey) && event.code === "KeyV") plainUntil = event.timeStamp + keyMs;
        return false;
      },
      paste(event, view) {
        const data = event.clipboardData;
        if (!data || view.state.readOnly) return false;
        const plain = event.timeStamp < plainUntil;
        plainUntil = 0;
        return take(view, data, how, plain ? "plain" : "as it is");
      },
      /** Files let go over the page are the page's (ui/file-drop.tsx); the editor must not type what is in them. */
      drop: (event) => (event.dataTransfer?.files.length ?? 0) > 0,
    }),
  ];
}

function take(view: EditorView, data: DataTransfer, how: Pasting, as: "plain" | "as it is"): boolean {
  const { state } = view;
  const text = data.getData("text/plain");
  const link = pasted(state, text.trim());
  if (link) {
    view.dispatch(link);
    return true;
  }
  const html = data.getData("text/html");
  const files = [...data.files];
  const nodes = html && html.length <= htmlMax ? how.inert(html) : null;
  if (files.length > 0 && !nodes?.textContent?.trim()) {
    const others = files.filter((file) => !isMarkdown(file));
    how.attach(view, others.map((file) => ({ body: file, name: clipboardName(file) })), { kind: "caret" });
    if (others.length < files.length) how.onTexts(files.filter(isMarkdown));
    return true;
  }
  if (as === "plain" || state.selection.ranges.length > 1 || isLiteral(state, state.selection.main.from)) return false;
  if (nodes && !isCode(nodes)) {
    const { from, to } = state.selection.main;
    void convert(view, held(view, from, to), nodes, text, how);
    return true;
  }
  const cells = nodes ? null : cellsOf(text);
  if (!cells) return false;
  const { from, to } = state.selection.main;
  put(view, held(view, from, to), tableOf(cells.map((row) => row.map(plainCell))), how);
  how.onConverted();
  return true;
}

/** Coloured source from an editor: the colours are not the text's. */
export function isCode(nodes: DocumentFragment): boolean {
  const elements = [...nodes.children].filter(({ tagName }) => tagName !== "META" && tagName !== "STYLE");
  const [only] = elements;
  if (elements.length !== 1 || !only) return false;
  const style = only.getAttribute("data-style") ?? "";
  if (/white-space:\s*pre\s*(?:;|$)/i.test(style)) return true;
  const names = `${only.className} ${only.querySelector("code")?.className ?? ""}`;
  return only.tagName === "PRE" && !/lang|highlight|brush/i.test(names);
}

async function convert(view: EditorView, place: Held, nodes: DocumentFragment, text: string, how: Pasting): Promise<void> {
  const converted = await import("./from-html").then(
    ({ fromHtml }): Converted => fromHtml(nodes),
    // What cannot be loaded now must not lose what was pasted.
    (): Converted => ({ markdown: text, formatted: false, pictures: [] }),
  );
  if (view.state.readOnly) return place.letGo();
  const keep = converted.formatted && (converted.markdown !== "" || converted.pictures.length > 0);
  const from = put(view, place, keep ? converted.markdown : text || converted.markdown, how);
  if (!keep) return;
  how.onConverted();
  for (const { at, url, alt } of converted.pictures) {
    const picture = fileOf(url, alt);
    if (picture) how.attach(view, [picture], { kind: "at", offset: from + at });
  }
}

/** Writes it over what was held for it; where it begins. */
function put(view: EditorView, place: Held, markdown: string, how: Pasting): number {
  const { from, to } = place.now();
  const [spec, start] = placed(view.state, from, to, markdown);
  how.cut();
  view.dispatch(spec, { effects: place.filled(start + markdown.length) });
  how.cut();
  return start;
}

/** Blocks get lines of their own; words go into the line. */
export function placed(state: EditorState, from: number, to: number, markdown: string): [spec: TransactionSpec, start: number] {
  const [line, end] = [state.doc.lineAt(from), state.doc.lineAt(to)];
  const block = /\n|^(?:#{1,6} |[-*] |\d+\. |> |```|\| |---$)/.test(markdown);
  const before = state.sliceDoc(line.from, from).trim() !== "" ? "\n\n" : "";
  const after = state.sliceDoc(to, end.to).trim() !== "" ? "\n\n" : "";
  const [lead, trail] = block ? [before, after] : ["", ""];
  const { main } = state.selection;
  // The caret goes along unless it has gone elsewhere meanwhile.
  const selection = main.from >= from && main.to <= to ? { selection: EditorSelection.cursor(from + lead.length + markdown.length) } : {};
  return [
    { changes: { from, to, insert: lead + markdown + trail }, ...selection, userEvent: "input.paste", scrollIntoView: true },
    from + lead.length,
  ];
}

function fileOf(url: string, alt: string): Attachment | null {
  const [, type = "", base64 = ""] = /^data:(image\/\w+);base64,(.*)$/is.exec(url) ?? [];
  if (!base64 || base64.length > dataUrlMax) return null;
  try {
    const bytes = Uint8Array.from(atob(base64.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
    return { body: new Blob([bytes], { type }), name: `${alt || "Pasted picture"}.${type.slice(6).replace("jpeg", "jpg")}` };
  } catch {
    return null;
  }
}
