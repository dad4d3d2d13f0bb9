// What the browser's two modules make of a text. Question: the text. Answer: whether the small module says that the full
// one would show more, the length of the small one's HTML (4 bytes), its HTML, the full one's HTML.
import { readFileSync } from "node:fs";
import { serve } from "./pipe.mjs";

const HEADER_BYTES = 9 * 4;
const NONE = 0xffffffff;

/** Renders with a module of its own; a module that trapped is made anew, and the text is a failure. */
function renderer(file) {
  const module = new WebAssembly.Module(readFileSync(file));
  const fresh = () => new WebAssembly.Instance(module, {}).exports;
  let exports = fresh();
  return (text) => {
    const pointer = exports.alloc(text.length);
    new Uint8Array(exports.memory.buffer, pointer, text.length).set(text);
    const answer = BigInt.asUintN(64, exports.update(pointer, text.length, text.length));
    const [at, length] = [Number(answer >> 32n), Number(answer & 0xffffffffn)];
    const bytes = Buffer.from(new Uint8Array(exports.memory.buffer, at, length));
    // The next text is rendered whole again, and memory stays small.
    exports = fresh();
    return read(bytes);
  };
}

/** The inserted blocks, which are all blocks of a first text. See wasm.rs. */
function read(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const u32 = (at) => view.getUint32(at, true);
  const [inserted, blocks, maps] = [u32(8), u32(16), u32(20)];
  const strings = [u32(24), u32(28), u32(32)].map((length) => (length === NONE ? 0 : length));
  let at = HEADER_BYTES + 2 * 4 * blocks;
  let html = 0;
  for (let block = 0; block < inserted; block++, at += 4) html += u32(at);
  for (let map = 0; map < maps; map++) at += 4 * (3 + 4 * u32(at + 8));
  at += strings[0] + strings[1] + strings[2];
  return { html: bytes.subarray(at, at + html), needsFull: bytes[at + html] };
}

const small = renderer("render.wasm");
const full = renderer("render-full.wasm");

serve((text) => {
  const one = small(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(one.html.length, 0);
  return Buffer.concat([Buffer.from([one.needsFull]), length, one.html, full(text).html]);
});
