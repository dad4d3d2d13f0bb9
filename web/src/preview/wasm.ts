/**
 * The renderer in the browser: the Rust crate `render`, compiled to WebAssembly, behind three exports.
 *
 * The text is encoded straight into the module's memory; the answer's layout is described in `render/src/wasm.rs`.
 * A module that traps is in an unknown state, so it is thrown away: the next call starts a fresh one. A fresh module
 * knows nothing of what is shown, so its answer is compared here, and blocks that are the same stay.
 */

/** What to change in the page: replace `removed` blocks from `from` on by `inserted`. */
export interface Splice {
  from: number;
  removed: number;
  /** Each is one whole `<div class="block">…</div>`; an empty one stands for the old one at its place, which stays. */
  inserted: string[];
  /** The start line of every block as it is now, 0-based. */
  lines: number[];
  /** Where every block begins in the source now. */
  sources: Uint32Array;
  /** Maps that are new: of every inserted block, and of blocks that stay but are written otherwise in the source. */
  maps: SourceMap[];
  title: string | null;
  words: number;
  /** Whether the text has formulas or emoji codes that this module cannot show. */
  needsFull: boolean;
  lang?: string;
  dir?: string;
}

/** Where the text of a block comes from. All numbers are UTF-16 units. */
export interface SourceMap {
  /** Which block, as it is now. */
  block: number;
  /** How long the block's text is; of a block with another text the runs say nothing. */
  length: number;
  /**
   * Four numbers for each run, in the order of the text: where it begins in the text, its length there, where it begins
   * in the source from the block's beginning on, its length there. Where the lengths are equal so are text and source,
   * unit for unit; else the one as a whole stands for the other.
   */
  runs: Uint32Array;
}

export interface Renderer {
  /** Renders the document's text and says how it differs from the last one. */
  update(text: string): Splice;
  /** Goes on with another module, which may show more: the next answer says what differs from what is shown. */
  load(source: Response | BufferSource): Promise<void>;
  /** The module it renders with, for another renderer, also in another thread: what is compiled of it stays so. */
  module(): WebAssembly.Module;
}

interface Exports {
  memory: WebAssembly.Memory;
  alloc(length: number): number;
  dealloc(pointer: number, length: number): void;
  update(pointer: number, length: number, used: number): bigint;
}

/** Compiles the module (while it arrives, if the server names its type) and makes a renderer for one document. */
export async function loadRenderer(source: Response | BufferSource): Promise<Renderer> {
  const module = await compile(source);
  return rendererOf(module, instance(await WebAssembly.instantiate(module)), []);
}

/** A renderer that goes on from blocks that are shown already. */
export const rendererFrom = (module: WebAssembly.Module, shown: readonly string[]): Renderer => rendererOf(module, null, shown);

function rendererOf(module: WebAssembly.Module, wasm: Exports | null, shown: readonly string[]): Renderer {
  return {
    update(text) {
      const fresh = wasm === null;
      const current = (wasm ??= instance(new WebAssembly.Instance(module)));
      wasm = null; // a trap below leaves it so
      const answer = render(current, text);
      wasm = current;
      const splice = fresh ? difference(shown, answer) : answer;
      const { from, removed, inserted } = splice;
      const placed = inserted.map((html, at) => html || (shown[from + at] ?? ""));
      shown = [...shown.slice(0, from), ...placed, ...shown.slice(from + removed)];
      return splice;
    },
    async load(other) {
      const compiled = await compile(other);
      await WebAssembly.instantiate(compiled);
      module = compiled;
      wasm = null;
    },
    module: () => module,
  };
}

/** A rendering from nothing as the difference to the blocks that are shown. */
function difference(shown: readonly string[], whole: Splice): Splice {
  const { inserted } = whole;
  const shorter = Math.min(shown.length, inserted.length);
  let head = 0;
  while (head < shorter && shown[head] === inserted[head]) head++;
  let tail = 0;
  while (tail < shorter - head && shown.at(-1 - tail) === inserted.at(-1 - tail)) tail++;
  const removed = shown.length - head - tail;
  const middle = inserted.slice(head, inserted.length - tail);
  const paired = removed === middle.length;
  return {
    ...whole, from: head, removed, inserted: middle.map((html, at) => (paired && html === shown[head + at] ? "" : html)),
  };
}

function compile(source: Response | BufferSource): Promise<WebAssembly.Module> {
  if (!(source instanceof Response)) return WebAssembly.compile(source);
  if (source.headers.get("Content-Type") === "application/wasm") return WebAssembly.compileStreaming(source);
  return source.arrayBuffer().then((bytes) => WebAssembly.compile(bytes));
}

function instance(made: WebAssembly.Instance): Exports {
  return made.exports as unknown as Exports;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function render(wasm: Exports, text: string): Splice {
  const room = text.length * 3; // UTF-8 never needs more for one UTF-16 unit
  const buffer = wasm.alloc(room) >>> 0;
  const { written } = encoder.encodeInto(text, new Uint8Array(wasm.memory.buffer, buffer, room));
  const answer = BigInt.asUintN(64, wasm.update(buffer, room, written));
  const pointer = Number(answer >> 32n);
  const length = Number(answer & 0xffff_ffffn);
  const splice = decode(wasm.memory.buffer, pointer, length);
  wasm.dealloc(pointer, length);
  return splice;
}

const NONE = 0xffff_ffff;

function decode(memory: ArrayBuffer, pointer: number, length: number): Splice {
  const view = new DataView(memory, pointer, length);
  let at = 0;
  const number = () => view.getUint32((at += 4) - 4, true);
  const numbers = (count: number) => Array.from({ length: count }, number);
  // A copy: the answer need not lie where an array of numbers may begin, and its memory is given back.
  const packed = (count: number) => new Uint32Array(memory.slice(pointer + at, pointer + (at += 4 * count)));
  const text = (bytes: number) => decoder.decode(new Uint8Array(memory, pointer + (at += bytes) - bytes, bytes));
  const optional = (bytes: number) => (bytes === NONE ? null : text(bytes));

  const [from = 0, removed = 0, count = 0, words = 0, blocks = 0, mapped = 0] = numbers(6);
  const [titleBytes = NONE, langBytes = NONE, dirBytes = NONE] = numbers(3);
  const lines = numbers(blocks);
  const sources = packed(blocks);
  const sizes = numbers(count);
  const maps = Array.from({ length: mapped }, () => ({ block: number(), length: number(), runs: packed(4 * number()) }));
  const title = optional(titleBytes);
  const lang = optional(langBytes);
  const dir = optional(dirBytes);
  const inserted = sizes.map(text);
  const needsFull = at < length && view.getUint8(at) === 1;
  return { from, removed, inserted, lines, sources, maps, title, words, needsFull, ...(lang !== null && { lang }), ...(dir !== null && { dir }) };
}
