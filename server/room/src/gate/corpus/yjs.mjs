// Writes yjs.txt: what real Yjs clients send while they edit one text, so that the Rust tests need no Node.
//
//   node yjs.mjs > yjs.txt
//
// One history a seed. Lines: `# seed`, `u hex` a live update, `s hex` a Step2, `p hex` a Step2 of a client that waits
// for blocks it has not got, `= "text"` what Yjs reads after all of them. Deterministic: the same yjs writes the same file.

import { createRequire } from "node:module";

const Y = createRequire(new URL("../../../../../web/package.json", import.meta.url))("yjs");

const HISTORIES = 28;
const WORDS = ["a", "b ", "word ", "\n", "# Title\n", "é", "漢字", "😀", "👩‍👩‍👧 ", "🇩🇪", "- [ ] task\n", "naïve ", "𝒳𝒴"];

/** splitmix32 */
function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return { below: (n) => next() % n, chance: (percent) => next() % 100 < percent, client: next };
}

class Client {
  constructor(rng, server) {
    this.rng = rng;
    this.server = server;
    this.doc = new Y.Doc({ gc: true });
    this.doc.clientID = rng.client();
    this.text = this.doc.getText("content");
    this.undo = new Y.UndoManager(this.text, { captureTimeout: 0 });
    this.online = true;
    this.inbox = [];
    this.stale = Y.encodeStateVector(server.doc);
    this.doc.on("update", (update, origin) => {
      if (origin !== "remote" && this.online) server.receive("u", update, this);
    });
  }

  edit() {
    const { rng, text } = this;
    const kind = rng.below(20);
    const at = rng.below(text.length + 1);
    if (kind < 11 || text.length < 4) {
      text.insert(this.whole(at), this.words(1 + rng.below(3)));
    } else if (kind < 16) {
      this.erase(at, 1 + rng.below(8));
    } else if (kind < 17) {
      this.doc.transact(() => {
        for (let n = 0; n < 4; n++) this.erase(rng.below(text.length + 1), 2);
        text.insert(this.whole(rng.below(text.length + 1)), this.words(12));
      });
    } else if (kind < 19) {
      this.undo.undo();
    } else {
      this.undo.redo();
    }
  }

  words(count) {
    return Array.from({ length: count }, () => WORDS[this.rng.below(WORDS.length)]).join("");
  }

  /** Editors move by characters; the first histories do not, to see surrogate pairs torn. */
  whole(at) {
    const unit = this.text.toString().charCodeAt(at);
    return unit >= 0xdc00 && unit < 0xe000 && !this.server.tears ? at - 1 : at;
  }

  erase(at, length) {
    const from = this.whole(at);
    const to = this.whole(Math.min(at + length, this.text.length));
    if (to > from) this.text.delete(from, to - from);
  }

  hear(count) {
    for (const update of this.inbox.splice(0, count)) Y.applyUpdate(this.doc, update, "remote");
  }

  leave() {
    this.online = false;
    this.inbox = [];
  }

  /** Some send a diff to what the server had long ago, which then begins before what it has now. */
  join() {
    const vector = this.rng.chance(30) ? this.stale : Y.encodeStateVector(this.server.doc);
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.server.doc, Y.encodeStateVector(this.doc)), "remote");
    this.server.receive("s", Y.encodeStateAsUpdate(this.doc, vector), this);
    this.stale = Y.encodeStateVector(this.server.doc);
    this.online = true;
  }

  /** What a client says that heard the second of two updates but not the first. */
  pending() {
    const doc = new Y.Doc();
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(this.server.doc));
    const updates = [];
    other.clientID = this.rng.client();
    other.on("update", (update) => updates.push(update));
    other.getText("content").insert(0, this.words(2));
    other.getText("content").insert(1, this.words(2));
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.server.doc));
    Y.applyUpdate(doc, updates[1]);
    doc.clientID = this.rng.client();
    doc.getText("content").insert(0, "mine ");
    this.server.say("p", Y.encodeStateAsUpdate(doc, Y.encodeStateVector(this.server.doc)));
    Y.applyUpdate(doc, updates[0]);
    this.server.receive("s", Y.encodeStateAsUpdate(doc, Y.encodeStateVector(this.server.doc)), null);
  }
}

class Server {
  constructor(tears) {
    this.doc = new Y.Doc({ gc: true });
    this.tears = tears;
    this.clients = [];
    this.lines = [];
  }

  say(kind, update) {
    this.lines.push(`${kind} ${Buffer.from(update).toString("hex")}`);
  }

  receive(kind, update, from) {
    this.say(kind, update);
    Y.applyUpdate(this.doc, update);
    for (const client of this.clients) if (client !== from && client.online) client.inbox.push(update);
  }
}

function history(seed) {
  const rng = random(seed);
  const server = new Server(seed < 6);
  server.clients = Array.from({ length: 1 + rng.below(4) }, () => new Client(rng, server));
  for (let step = 0; step < 60; step++) {
    const client = server.clients[rng.below(server.clients.length)];
    if (client.online && rng.chance(8)) client.leave();
    else if (!client.online && rng.chance(15)) client.join();
    else if (rng.chance(70)) client.edit();
    else client.hear(1 + rng.below(6));
    if (rng.chance(1)) client.pending();
  }
  for (const client of server.clients) {
    client.hear(client.inbox.length);
    if (!client.online) client.join();
  }
  server.say("s", Y.encodeStateAsUpdate(server.doc));
  return [`# ${seed}`, ...server.lines, `= ${JSON.stringify(server.doc.getText("content").toString().toWellFormed())}`];
}

for (let seed = 0; seed < HISTORIES; seed++) console.log(history(seed).join("\n"));
