/**
 * Many vectors in one document, none of which may hide another.
 *
 * Invariant: after every vector stands a paragraph that the renderer shows as one. What would swallow it (a fence or a
 * comment without an end) goes into a quote, which ends everything in it, and what gets out of that goes last.
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

/** The document. A vector with front matter has its own at the top, if it comes first. */
export function compose(renderer: Renderer, vectors: readonly Vector[]): string {
  const open = vectors.filter((vector) => !ends(renderer, plain(vector)));
  const closed = vectors.filter((vector) => !open.includes(vector));
  const quoted = open.filter((vector) => ends(renderer, inQuote(vector)));
  const last = open.filter((vector) => !quoted.includes(vector));
  const first = last.findIndex(({ text }) => text.startsWith("---\n"));
  const front = first < 0 ? [] : last.splice(first, 1);
  const said = [...front.map(plain), ...closed.map(plain), ...quoted.map(inQuote)];
  return `${said.join("\n\n")}\n\n${lastWords}\n\n${last.map(plain).join("\n\n")}\n`;
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
