// Y.Docs for another program: requests on standard input, answers on standard output, one at a time.
//
// A request is its length (u32), what is wanted (u8), which document (u32) and a payload; an answer is its length and a
// payload; numbers are little endian. Next: src/mixed/node.rs, which asks.

import { readSync, writeSync } from "node:fs";
import * as Y from "../../web/node_modules/yjs/dist/yjs.mjs";

const docs = new Map();
const utf8 = new TextDecoder();

// The update of one change; nothing changed is the empty update.
function update(doc, change) {
  let made = new Uint8Array([0, 0]);
  const keep = (bytes) => {
    made = bytes;
  };
  doc.on("update", keep);
  change(doc.getText("content"));
  doc.off("update", keep);
  return made;
}

const wanted = {
  0: () => docs.clear(),
  1: (_, payload, number) => {
    const doc = new Y.Doc({ gc: true });
    doc.clientID = Number(payload.readBigUInt64LE(0));
    doc.getText("content");
    docs.set(number, doc);
  },
  2: (doc) => Buffer.from(doc.getText("content").toString()),
  3: (doc) => Y.encodeStateVector(doc),
  4: (doc, payload) => update(doc, (text) => text.insert(payload.readUInt32LE(0), utf8.decode(payload.subarray(4)))),
  5: (doc, payload) => update(doc, (text) => text.delete(payload.readUInt32LE(0), payload.readUInt32LE(4))),
  6: (doc, payload) => Y.encodeStateAsUpdate(doc, payload),
  7: (doc, payload) => Y.applyUpdate(doc, payload),
  8: (doc) => [doc.store.pendingStructs === null && doc.store.pendingDs === null ? 0 : 1],
};

function read(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const got = readSync(0, bytes, at, length - at);
    if (got === 0) process.exit(0);
    at += got;
  }
  return bytes;
}

function write(bytes) {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

for (;;) {
  const request = read(read(4).readUInt32LE(0));
  const number = request.readUInt32LE(1);
  const answer = Buffer.from(wanted[request[0]](docs.get(number), request.subarray(5), number) ?? []);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(answer.length);
  write(Buffer.concat([length, answer]));
}
