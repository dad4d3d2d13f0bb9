/**
 * The service worker: pages without a network, and files that never change.
 *
 * It answers three things: files of a build under `/assets/`, navigations to pages that can stand without the server,
 * and messages of our own pages. Everything else (the API, sockets, people's files, share links, exports, frames,
 * whatever is not GET) goes to the network as if there were no worker. Invariant: no cache holds anything of a person.
 * Next: `sw/store.ts` for what is kept, `sw/answers.ts` for how, `session/installed.ts` for the pages' side.
 */
import { answered } from "./session/device/answered";
import { stores, transact } from "./session/device/database";
import type { Card } from "./session/device/device";
import { type Answering, answerFile, answerPage, concernOf } from "./sw/answers";
import type { Build, Shell } from "./sw/build";
import type { Scope } from "./sw/scope";
import { install, keepAlso, sweep } from "./sw/store";

declare const __BUILD__: Build;
const build = __BUILD__;
const scope = globalThis as unknown as Scope;

/** How long a page may take to say which build it is. */
const answerMs = 2_000;

const world: Answering = {
  caches,
  ask: (path, how) => fetch(path, how),
  keeps,
  after: (ms) => new Promise((done) => setTimeout(done, ms)),
  nonce: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
};

scope.addEventListener("install", (event) => event.waitUntil(install(world, build)));

scope.addEventListener("activate", (event) => {
  // The server is asked while the worker is still starting.
  const preload = scope.registration.navigationPreload?.enable();
  event.waitUntil(Promise.all([preload, scope.clients.claim()]));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const concern = concernOf(request, scope.location.origin);
  if (!concern) return;
  if (concern.kind === "file") return event.respondWith(answerFile(world, build, request.url));
  const network = Promise.resolve(event.preloadResponse).then((early) => early ?? fetch(request));
  // It goes on behind a frame that stands in; ending it early would be an error in the console.
  event.waitUntil(network.catch(() => undefined));
  event.respondWith(answerPage(world, build, concern, network));
});

/** What pages say. */
export type Said =
  /** Which build are you? Answered on the port. */
  | { kind: "build" }
  /** A page of this worker's build is open, or the person wants the new one. */
  | { kind: "take over" }
  /** A page has loaded: these files it used, and `full` says that its text needs the full renderer. */
  | { kind: "loaded"; files: string[]; full: boolean };

scope.addEventListener("message", (event) => {
  const said = event.data as Said;
  if (said.kind === "build") event.ports[0]?.postMessage(build.id);
  else if (said.kind === "take over") event.waitUntil(scope.skipWaiting());
  else if (said.kind === "loaded") event.waitUntil(settle(said));
});

async function settle({ files, full }: Extract<Said, { kind: "loaded" }>): Promise<void> {
  const needs = full ? build.other.filter((path) => /\/(render-full|galley-math)-/.test(path)) : [];
  await keepAlso(world, build, [...files, ...needs]);
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  await sweep(caches, build, await Promise.all(pages.map((page) => buildOfPage(page.postMessage.bind(page)))));
}

/** null: it does not say. */
function buildOfPage(post: (message: unknown, transfer: Transferable[]) => void): Promise<string | null> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    port1.onmessage = ({ data }) => done(typeof data === "string" ? data : null);
    setTimeout(() => done(null), answerMs);
    post({ kind: "build" }, [port2]);
  });
}

/** Looks into every database there is: which of them is whose, only a page knows. */
async function keeps(shell: Shell, path: string): Promise<boolean> {
  if (shell === "offline") return false;
  const id = path.split("/")[2];
  for (const { name } of await indexedDB.databases()) {
    const cards = name?.startsWith("galley-") ? await cardsOf(name).catch(() => []) : [];
    if (cards.some((card) => shell === "documents" || card.id === id)) return true;
  }
  return false;
}

async function cardsOf(name: string): Promise<Card[]> {
  const request = indexedDB.open(name);
  // It was deleted a moment ago: an empty one of its name would look like one that is whole.
  request.onupgradeneeded = () => request.transaction?.abort();
  const database = await answered(request);
  try {
    database.onversionchange = () => database.close();
    return await transact(database, [stores.cards], "readonly", (store) =>
      answered<Card[]>(store(stores.cards).getAll() as IDBRequest<Card[]>),
    );
  } finally {
    database.close();
  }
}
