// Questions in, answers out, over the standard pipes: each is a length (4 bytes, little-endian) and as many bytes.
import { readSync, writeSync } from "node:fs";

function read(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    let got = 0;
    try {
      got = readSync(0, bytes, at, length - at, null);
    } catch (error) {
      if (error.code === "EAGAIN") continue;
      throw error;
    }
    if (got === 0) process.exit(0);
    at += got;
  }
  return bytes;
}

function write(bytes) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at, bytes.length - at);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

/** Answers until whoever asks is gone. */
export function serve(answer) {
  for (;;) {
    const question = read(read(4).readUInt32LE(0));
    const bytes = Buffer.from(answer(question));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length, 0);
    write(Buffer.concat([length, bytes]));
  }
}
