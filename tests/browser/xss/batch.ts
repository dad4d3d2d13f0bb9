/**
 * Many vectors in one document, none of which may hide another.
 *
 * Invariant: after every vector stands a paragraph that the renderer shows as one, and which ones it shows is known. What
 * would swallow it (a fence or a comment without an end) goes into a quote, which ends everything in it, and what gets
 * out of that goes last.
 */
import type { Renderer } from "../../../web/src/preview/wasm";
import { htmlOf } from "./renderer";
import type { Vector } from "./vectors";

const after = ({ n }: Vector) => `after-vector-${n}-here`;

/** Shown when the whole text is. */
export const lastWords = "the-last-words-of-it";

/** As one line, for names and titles. */
export function lineOf({ text }: Vector, chars = 300): string {
  return [...text.replace(/[\r\n]+/g, " ").trim()].slice(0, chars).join("");
}

/** Half a pair is no text that can be sent. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

export interface Composed {
  text: string;
  /** A paragraph behind each vector that is to be seen. */
  marks: readonly string[];
}

/** The document. A vector with front matter has its own at the top, if it comes first. */
export function compose(renderer: Renderer, vectors: readonly Vector[]): Composed {
  const of = (kind: Place) => vectors.filter((vector) => placeOf(renderer, vector) === kind);
  const last = of("last");
  const first = of("among").find(({ text }) => text.startsWith("---\n"));
  const said = [...(first ? [plain(first)] : []), ...of("among").filter((it) => it !== first).map(plain), ...of("quoted").map(inQuote)];
  const text = `${said.join("\n\n")}\n\n${lastWords}\n\n${last.map(plain).join("\n\n")}\n`;
  const html = htmlOf(renderer, text);
  return { text, marks: vectors.map(after).filter((mark) => new RegExp(`<p[^>]*>${mark}</p>`).test(html)) };
}

type Place = "among" | "quoted" | "last";

const places = new WeakMap<Vector, Place>();

/** Where a vector hides none of the others. */
function placeOf(renderer: Renderer, vector: Vector): Place {
  const known = places.get(vector);
  if (known) return known;
  const place = ends(renderer, plain(vector)) ? "among" : ends(renderer, inQuote(vector)) ? "quoted" : "last";
  places.set(vector, place);
  return place;
}

function plain(vector: Vector): string {
  return `${vector.text}\n\n${after(vector)}\n\n`;
}

function inQuote(vector: Vector): string {
  return `> ${vector.text.replace(/\r\n?|\n/g, "\n> ")}\n\n${after(vector)}\n\n`;
}

/** Whether what follows is a paragraph of its own. */
function ends(renderer: Renderer, text: string): boolean {
  return new RegExp(`<p[^>]*>after-vector-\\d+-here</p>`).test(htmlOf(renderer, `first\n\n${text}`));
}
