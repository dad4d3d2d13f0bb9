/**
 * How the worker answers pages and files.
 *
 * The server's page always comes first, and whatever it answers is shown; a frame from the device stands in where there
 * is no answer, or a proxy says there is none, or it takes too long and the device has what is asked for. Invariants: no
 * page is ever kept; a frame is served under a nonce that was used nowhere before.
 */
import { type Build, type Shell, shellFor } from "./build";
import { find, nameOf, type Places } from "./store";

/** How long a page may take before the device's copy of it stands in. */
export const patienceMs = 3_000;

export interface Answering extends Places {
  /** Whether this device has what a frame would show. */
  keeps(shell: Shell, path: string): Promise<boolean>;
  after(ms: number): Promise<void>;
  nonce(): string;
}

/** What of a request is the worker's to answer; null: nothing, the browser goes on as if there were no worker. */
export type Concern = { kind: "file" } | { kind: "page"; shell: Shell; path: string } | null;

type Seen = Pick<Request, "method" | "url" | "mode" | "destination" | "headers">;

export function concernOf({ method, url, mode, destination, headers }: Seen, origin: string): Concern {
  const { origin: theirs, pathname: path } = new URL(url);
  if (method !== "GET" || theirs !== origin || headers.has("range")) return null;
  if (path.startsWith("/assets/")) return { kind: "file" };
  // A frame navigates too, and is no page.
  const shell = mode === "navigate" && destination === "document" ? shellFor(path) : null;
  return shell && { kind: "page", shell, path };
}

/** `network`: the server's answer, asked for already. */
export async function answerPage(
  world: Answering,
  build: Build,
  { shell, path }: { shell: Shell; path: string },
  network: Promise<Response>,
): Promise<Response> {
  // A browser that does not say what it keeps is one that has nothing to show.
  const keeps = () => world.keeps(shell, path).catch(() => false);
  const tooSlow = world.after(patienceMs).then(async () => ((await keeps()) ? "slow" : network));
  tooSlow.catch(() => undefined);
  try {
    const first = await Promise.race([network, tooSlow]);
    if (first === "slow") return (await frame(world, build, shell)) ?? (await network);
    return isProxysTrouble(first) ? ((await frame(world, build, shell)) ?? first) : first;
  } catch {
    return (await frame(world, build, shell)) ?? Response.error();
  }
}

/** From the device; else from the network, and kept. */
export async function answerFile(world: Places, build: Build, url: string): Promise<Response> {
  const { pathname } = new URL(url);
  const kept = await find(world.caches, build, pathname);
  if (kept) return kept;
  const answer = await world.ask(url, {});
  if (answer.ok && !answer.redirected && build.other.includes(pathname)) {
    const cache = await world.caches.open(nameOf(build.id));
    // A full disk must not cost the page its file.
    await cache.put(pathname, answer.clone()).catch(() => undefined);
  }
  return answer;
}

/** Our own pages say what they trust, whatever their status. */
function isProxysTrouble({ status, headers }: Response): boolean {
  return [502, 503, 504].includes(status) && !headers.get("content-security-policy")?.includes("trusted-types galley");
}

async function frame({ caches, nonce }: Answering, build: Build, shell: Shell): Promise<Response | null> {
  const name = nameOf(build.id);
  const kept = (await caches.has(name)) ? await (await caches.open(name)).match(`/shell/${shell}`) : undefined;
  if (!kept) return null;
  const headers = new Headers(kept.headers);
  const policy = headers.get("content-security-policy") ?? "";
  const old = /'nonce-([^']+)'/.exec(policy)?.[1];
  const text = await kept.text();
  if (!old) return null;
  const fresh = nonce();
  headers.set("content-security-policy", policy.replaceAll(old, fresh));
  headers.delete("content-length");
  return new Response(text.replaceAll(old, fresh), { headers });
}
