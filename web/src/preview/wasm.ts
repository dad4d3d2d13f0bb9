/**
 * The renderer in the browser: the Rust crate `render`, compiled to WebAssembly, behind three exports.
 *
 * The text is encoded straight into the module's memory; the answer's layout is described in `render/src/wasm.rs`.
 * A module that traps is in an unknown state, so it is thrown away: the next call starts a fresh one and replaces
 * every block.
 */

/** What to change in the page: replace `removed` blocks from `from` on by `inserted`. */
export interface Splice {
  from: number;
  removed: number;
  /** Each is one whole `<div class="block">…</div>`. */
  inserted: string[];
  /** The start line of every block as it is now, 0-based. */
  lines: number[];
  title: string | null;
  words: number;
  lang?: string;
  dir?: string;
}

export interface Renderer {
  /** Renders the document's text and says how it differs from the last one. */
  update(text: string): Splice;
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
  let wasm: Exports | null = instance(await WebAssembly.instantiate(module));
  let shown = 0;
  return {
    update(text) {
      const fresh = wasm === null;
      const current = (wasm ??= instance(new WebAssembly.Instance(module)));
      wasm = null; // a trap below leaves it so
      const splice = render(current, text);
      wasm = current;
      if (fresh) splice.removed = shown;
      shown = splice.lines.length;
      return splice;
    },
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
  const text = (bytes: number) => decoder.decode(new Uint8Array(memory, pointer + (at += bytes) - bytes, bytes));
  const optional = (bytes: number) => (bytes === NONE ? null : text(bytes));

  const [from = 0, removed = 0, count = 0, words = 0, blocks = 0] = numbers(5);
  const [titleBytes = NONE, langBytes = NONE, dirBytes = NONE] = numbers(3);
  const lines = numbers(blocks);
  const sizes = numbers(count);
  const title = optional(titleBytes);
  const lang = optional(langBytes);
  const dir = optional(dirBytes);
  const inserted = sizes.map(text);
  return { from, removed, inserted, lines, title, words, ...(lang !== null && { lang }), ...(dir !== null && { dir }) };
}
