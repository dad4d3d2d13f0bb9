/**
 * Texts that mean harm: every way we know to make a page run, load, leave, submit or look like something else, put
 * together from parts, so that the class is tried and not a list.
 *
 * Invariant: a seed and a count name the same vectors for ever on one version of this folder; no two are equal; a
 * shorter run holds some of every class. `!js` stands for the script, `!k` for the shortest one and `!!` for the address
 * that nobody may ask for, until a vector has its number. Next: `classes/`.
 */
import { readFileSync } from "node:fs";
import { attributes } from "./classes/attributes";
import { elements } from "./classes/elements";
import { encodings } from "./classes/encodings";
import { extensions } from "./classes/extensions";
import { mutations } from "./classes/mutations";
import { names } from "./classes/names";
import { schemes } from "./classes/schemes";
import { short } from "./classes/short";
import { structure } from "./classes/structure";
import { Random } from "./random";

export interface Vector {
  n: number;
  /** Which class it is of, for the report. */
  kind: string;
  /** As Markdown. */
  text: string;
}

/** Draws one of its vectors. */
export type Class = (random: Random) => string;

const classes: Record<string, Class> = { attributes, elements, encodings, extensions, mutations, names, schemes, short, structure };

/** Paths below this are asked for by nothing but a vector. */
export const canaryPath = "/xss-canary";

/** Different ones of all classes in turn. */
export function generate(count: number, seed: number): Vector[] {
  const random = new Random(seed);
  const seen = new Set<string>();
  const vectors: Vector[] = [];
  const kinds = Object.keys(classes);
  for (let turn = 0; vectors.length < count; turn++) {
    const kind = kinds[turn % kinds.length] ?? "";
    const bare = mutated(classes[kind]?.(random) ?? "", random);
    if (seen.has(bare)) continue;
    seen.add(bare);
    vectors.push(numbered(vectors.length, kind, bare, random));
  }
  return vectors;
}

/** Other people's: one a line, or a JSON list of texts or of lists that begin with one. */
export function fromFile(path: string): Vector[] {
  const text = readFileSync(path, "utf8");
  const json = /^\s*\[/.test(text) ? listed(text) : null;
  const all = json ?? text.split(/\r?\n/);
  return [...new Set(all)].filter((one) => one.trim() !== "").map((one, n) => ({ n, kind: "file", text: one }));
}

function listed(text: string): string[] | null {
  try {
    return (JSON.parse(text) as unknown[]).map(textOf).filter((one) => one !== "");
  } catch {
    return null;
  }
}

/** A text, or what a test fixture calls it. */
function textOf(entry: unknown): string {
  if (typeof entry === "string") return entry;
  if (Array.isArray(entry)) return textOf(entry[0]);
  if (typeof entry !== "object" || entry === null) return "";
  const { payload, code, vector, input } = entry as Record<string, unknown>;
  return textOf(payload ?? code ?? vector ?? input ?? "");
}

function numbered(n: number, kind: string, bare: string, random: Random): Vector {
  const script = random.pick([
    `canary(${n})`,
    `canary(${n})`,
    `canary(${n})`,
    `canary\`${n}\``,
    `top.canary(${n})`,
    `self['can'+'ary'](${n})`,
    `alert(${n})`,
    `import('${canaryPath}/${n}')`,
    `fetch('${canaryPath}/${n}')`,
    `setTimeout('canary(${n})')`,
    `[].constructor.constructor('canary(${n})')()`,
    `location='javascript:canary(${n})'`,
  ]);
  return { n, kind, text: bare.replaceAll("!!", `${canaryPath}/${n}`).replaceAll("!js", script).replaceAll("!k", `canary(${n})`) };
}

/** Now and then written otherwise, as filters are got around: case, characters that parsers skip or read differently. */
function mutated(text: string, random: Random): string {
  const at = () => random.below(text.length + 1);
  const put = (what: string) => {
    const place = at();
    return text.slice(0, place) + what + text.slice(place);
  };
  switch (random.below(24)) {
    case 0:
      return text.replace(/<[a-z]+/gi, (tag) => [...tag].map((c) => (random.below(2) ? c.toUpperCase() : c.toLowerCase())).join(""));
    case 1:
      return text.replace(/<[a-z]+ /gi, (tag) => `${tag.slice(0, -1)}${random.pick(["/", "\t", "\f", "\n", "/x/", "\v", "\u00a0", "//"])}`);
    case 2:
      return put(random.pick(["\0", "\u200b", "\ufeff", "\u202e", "\u2028", "\ud800", "\u00ad", "\u0000\u0000", "\x1b", "\x7f", "\u0085"]));
    case 3:
      return text.replace(/</g, random.pick(["&lt;", "&#60;", "&#x3c;", "\\<", "\uff1c", "+ADw-", "%3C", "\u2039", "\xc0\xbc", "&LT", "\\u003c", "<<"]));
    case 4:
      return text.replace(/["']/g, random.pick(["&quot;", "&#34;", "`", "\u201d", "&apos;", "\\\"", ""]));
    case 5:
      return text.replace(/ /, random.pick(["\n", "\n\n", "\r", "\t", "\n> ", "\n    ", "\\\n"]));
    case 6:
      return text.replace(/>/, random.pick(["", ">>", "/>", " <", "\n>", "&gt;"]));
    case 7:
      return put(random.pick(["-->", "<!--", "]]>", "```", "$$", "|", "</p>", "</div>", "\n\n", "*", "`", "]", "](", ":::", "\\"]));
    default:
      return text;
  }
}
