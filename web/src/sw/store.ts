/**
 * What the worker keeps: one cache a build, holding the build's files and the frames of pages, and nothing of anybody.
 *
 * Invariants: a cache is whole or it is not there, so an install that fails leaves the old worker in charge; files of an
 * earlier build stay while a page of it is open, or its later parts could not be loaded any more; there are never more
 * than `buildsKept` caches. Next: `answers.ts`, which serves from here.
 */
import { type Build, type Shell, shells } from "./build";

export const limits = {
  /** Caches there may be, the newest one's build included. */
  buildsKept: 3,
  /** Requests at a time while installing: on a bad line more of them only fail together. */
  atOnce: 6,
} as const;

export interface Places {
  caches: Pick<CacheStorage, "open" | "keys" | "delete" | "has">;
  /** Asks the network. */
  ask(path: string, how: RequestInit): Promise<Response>;
}

const prefix = "galley-";
export const nameOf = (build: string): string => prefix + build;

/** All of a build, or nothing and an error. */
export async function install({ caches, ask }: Places, build: Build): Promise<void> {
  const name = nameOf(build.id);
  const others = await ours(caches);
  await caches.delete(name);
  try {
    const cache = await caches.open(name);
    const files = build.needed.map(([path, integrity]) => () => keep(cache, path, ask(path, { integrity })));
    const frames = shells.map((shell) => () => keepShell(cache, build, shell, ask));
    await inTurn([...frames, ...files]);
    await carry({ caches, ask }, build, cache, others);
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
  await bound(caches, name);
}

/** Keeps more of this build's own files; what cannot be had now is had when it is asked for. */
export async function keepAlso({ caches, ask }: Places, build: Build, paths: readonly string[]): Promise<void> {
  const cache = await caches.open(nameOf(build.id));
  const known = new Set([...build.other, ...build.needed.map(([path]) => path)]);
  const wanted = paths.filter((path) => known.has(path));
  await inTurn(
    wanted.map((path) => async () => {
      if (!(await cache.match(path, { ignoreVary: true }))) await keep(cache, path, ask(path, {})).catch(() => undefined);
    }),
  );
}

/** `open`: the builds of the pages that are open; null among them: one does not answer, and may be of any build. */
export async function sweep(caches: Places["caches"], build: Build, open: readonly (string | null)[]): Promise<void> {
  const own = nameOf(build.id);
  const names = await ours(caches);
  if (!open.includes(null)) {
    const live = new Set(open.map((id) => nameOf(id ?? "")));
    // What came after this build belongs to a worker that waits.
    const earlier = names.slice(0, Math.max(0, names.indexOf(own)));
    await Promise.all(earlier.filter((name) => !live.has(name)).map((name) => caches.delete(name)));
  }
  await bound(caches, own);
}

/** The file at a path, of whichever build; most are of the worker's own. */
export async function find(caches: Places["caches"], build: Build, path: string): Promise<Response | undefined> {
  const own = nameOf(build.id);
  const there = build.needed.some(([needed]) => needed === path) || build.other.includes(path);
  const names = there ? [own] : (await ours(caches)).filter((name) => name !== own).reverse();
  for (const name of names) {
    const found = await (await caches.open(name)).match(path, { ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

/** In the order they were made. */
const ours = async (caches: Places["caches"]) => (await caches.keys()).filter((name) => name.startsWith(prefix));

async function bound(caches: Places["caches"], own: string): Promise<void> {
  const names = (await ours(caches)).filter((name) => name !== own);
  await Promise.all(names.slice(0, Math.max(0, names.length + 1 - limits.buildsKept)).map((name) => caches.delete(name)));
}

async function keep(cache: Cache, path: string, asked: Promise<Response>): Promise<void> {
  const answer = await asked;
  if (!answer.ok || answer.redirected) throw new Error(`${path} was answered with ${answer.status}.`);
  await cache.put(path, answer);
}

/** A frame of another build would ask for files that are not in this cache. */
async function keepShell(cache: Cache, build: Build, shell: Shell, ask: Places["ask"]): Promise<void> {
  const path = `/shell/${shell}`;
  const answer = await ask(path, { cache: "no-store", credentials: "omit" });
  const text = await answer.clone().text();
  if (!text.includes(`content="${build.id}"`)) throw new Error(`${path} is of another build.`);
  await keep(cache, path, Promise.resolve(answer));
}

/** What earlier builds were asked for beside what all pages need, this one will be asked for too. */
async function carry(places: Places, build: Build, cache: Cache, earlier: readonly string[]): Promise<void> {
  const stem = (path: string) => path.replace(/-[\w-]{8}(\.\w+)$/, "$1");
  const before = new Set<string>();
  for (const name of earlier) {
    for (const { url } of await (await places.caches.open(name)).keys()) before.add(stem(new URL(url).pathname));
  }
  const wanted = build.other.filter((path) => before.has(stem(path)));
  await inTurn(wanted.map((path) => () => keep(cache, path, places.ask(path, {})).catch(() => undefined)));
}

async function inTurn(works: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...works];
  const lane = async () => {
    for (let work = waiting.shift(); work; work = waiting.shift()) await work();
  };
  await Promise.all(Array.from({ length: limits.atOnce }, lane));
}
