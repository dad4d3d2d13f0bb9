/**
 * What somebody said, cut into plain text, links and mentions. Nothing of it is ever markup.
 *
 * Invariant: a link goes to http or https, to no address with a name or password in it, and says its own address; what
 * is no such link, and every name of somebody who was not mentioned, is text.
 */
import type { Known } from "../../session/people";

export type Piece =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mention"; text: string; person: Known };

const linkChars = 2_000;

/** An address, or an account name after "@" that is not part of a longer word. */
const found = /(?<![\p{L}\p{N}_])(?:https?:\/\/|www\.)[^\s<>"\p{C}]+|(?<![\p{L}\p{N}_.@/-])@[a-z0-9][a-z0-9-]{1,31}(?![\p{L}\p{N}_])/giu;

/** `mentioned`: by account name. */
export function pieces(body: string, mentioned: ReadonlyMap<string, Known>): Piece[] {
  const said = body.replace(/\r\n?/g, "\n").replace(/\n{3,}/g, "\n\n").trim();
  const all: Piece[] = [];
  let at = 0;
  const add = (piece: Piece, from: number) => {
    if (from > at) all.push({ kind: "text", text: said.slice(at, from) });
    all.push(piece);
    at = from + piece.text.length;
  };
  for (const { 0: match, index } of said.matchAll(found)) {
    const piece = match.startsWith("@") ? mention(match, mentioned) : link(match);
    if (piece) add(piece, index);
  }
  if (at < said.length) all.push({ kind: "text", text: said.slice(at) });
  return all;
}

function mention(match: string, mentioned: ReadonlyMap<string, Known>): Piece | null {
  const name = match.slice(1).toLowerCase();
  const person = mentioned.get(name) ?? mentioned.get(name.replace(/-+$/, ""));
  return person ? { kind: "mention", text: `@${person.name === name ? match.slice(1) : match.slice(1, 1 + (person.name?.length ?? 0))}`, person } : null;
}

function link(match: string): Piece | null {
  const text = trimmed(match);
  if (text.length > linkChars) return null;
  const href = /^www\./i.test(text) ? `https://${text}` : text;
  const url = URL.parse(href);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || !url.hostname.includes(".")) return null;
  return { kind: "link", text, href: url.href };
}

/** Without what belongs to the sentence: its stop, and a bracket that was opened before the address. */
function trimmed(match: string): string {
  let text = match;
  for (;;) {
    const last = text.at(-1) ?? "";
    const open = { ")": "(", "]": "[", "}": "{" }[last];
    const ends = open ? text.split(open).length < text.split(last).length : /[.,;:!?'’”»*_~]/.test(last);
    if (!ends) return text;
    text = text.slice(0, -1);
  }
}
