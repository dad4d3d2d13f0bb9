/**
 * A stock client that does nothing while its clock runs fifteen times as fast: `node idle.mjs <line> <address> <document> <ticket>`.
 *
 * y-websocket hangs up when it has heard nothing for 30 s; in this process that is 2 s. The clock is changed before
 * the client is loaded, because lib0 keeps the functions it found. Ends after a minute and a half of its own time.
 */
import WebSocket from "ws";

const SPEED = 15;
const start = Date.now();
const now = Date.now;
const every = globalThis.setInterval;
Date.now = () => start + (now() - start) * SPEED;
globalThis.setInterval = (run, delay, ...rest) => every(run, delay / SPEED, ...rest);

const [line, address, document, ticket] = process.argv.slice(2);
const Y = await import("yjs");
const { WebsocketProvider } = await import(line === "y-websocket 2.1" ? "y-websocket-2" : "y-websocket");

const provider = new WebsocketProvider(address, document, new Y.Doc(), {
  params: { ticket },
  WebSocketPolyfill: WebSocket,
  disableBc: true,
});
let reconnections = 0;
provider.on("connection-close", () => (reconnections += 1));
provider.on("sync", (synced) => synced && watch(Date.now()));

let watched = false;
function watch(from) {
  if (watched) return;
  watched = true;
  setInterval(() => {
    if (Date.now() - from < 90_000) return;
    console.log(`a minute and a half passed, ${reconnections} reconnections`);
    process.exit(reconnections === 0 ? 0 : 1);
  }, 1_000);
}
