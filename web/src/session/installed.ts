/**
 * The page's side of the service worker: registers it, tells it what the page used, and knows when another build of
 * Galley is ready.
 *
 * A page keeps to the build it began with until the person reloads it. A worker that waits and is of this page's own
 * build takes over at once, since files of earlier builds stay for the pages that are still open; one of another build
 * waits for the person. Invariant: nothing here reloads a page. Next: `sw.ts`; `ui/update-banner.tsx`.
 */
import { type ReadonlySignal, signal } from "@preact/signals";

export interface Installed {
  /** Whether another build is ready to take this page's place. */
  readonly update: ReadonlySignal<"none" | "ready">;
  /** Asks the server for another build now. */
  check(): void;
  /** Resolves when the page may be loaded again and will be of the newest build this device has. */
  takeOver(): Promise<void>;
}

/** As a policy made it. */
type ScriptUrl = string;

export const times = {
  /** Between two questions to the server for another build, however often somebody comes back to the page. */
  betweenMs: 60_000,
  /** A page that stays open asks this often. */
  everyMs: 3_600_000,
  /** How long a worker may take to take over, and to say which build it is. */
  answerMs: 3_000,
} as const;

/** `build`: this page's; `full`: its text needs the full renderer. */
export function beInstalled(script: ScriptUrl, build: string, { full }: { full: boolean }): Installed {
  const update = signal<"none" | "ready">("none");
  const workers = navigator.serviceWorker;
  let registration: ServiceWorkerRegistration | null = null;

  const judge = async (worker: ServiceWorker | null) => {
    const theirs = worker && (await buildOf(worker));
    if (worker && theirs === build && worker.state === "installed") worker.postMessage({ kind: "take over" });
    else if (theirs && theirs !== build && registration?.installing == null) update.value = "ready";
  };

  // The server that cannot be reached has no news.
  const check = paced(() => void registration?.update().catch(() => undefined));

  workers.addEventListener("message", ({ data, ports }) => {
    if ((data as { kind?: string } | null)?.kind === "build") ports[0]?.postMessage(build);
  });
  workers.addEventListener("controllerchange", () => void judge(workers.controller));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && check());
  addEventListener("online", check);
  setInterval(check, times.everyMs);

  const begin = async () => {
    registration = await workers.register(script);
    await follow(registration, full, judge);
  };
  // A browser that refuses has its reasons; the page works without.
  begin().catch(() => undefined);

  return {
    update,
    check,
    async takeOver() {
      const waiting = registration?.waiting;
      if (!waiting) return;
      const taken = new Promise((done) => workers.addEventListener("controllerchange", done, { once: true }));
      waiting.postMessage({ kind: "take over" });
      await Promise.race([taken, new Promise((done) => setTimeout(done, times.answerMs))]);
    },
  };
}

/** Does it when asked to, but not more often than it may be: what comes too early is done in time. */
function paced(run: () => void): () => void {
  let lastMs = performance.now();
  let later: ReturnType<typeof setTimeout> | undefined;
  const check = () => {
    clearTimeout(later);
    const early = times.betweenMs - (performance.now() - lastMs);
    if (early > 0) return void (later = setTimeout(check, early));
    lastMs = performance.now();
    run();
  };
  return check;
}

/** Tells the worker what the page has used, and hands over every worker that comes to be judged. */
async function follow(made: ServiceWorkerRegistration, full: boolean, judge: (worker: ServiceWorker | null) => Promise<void>): Promise<void> {
  const workers = navigator.serviceWorker;
  made.addEventListener("updatefound", () => {
    const coming = made.installing;
    coming?.addEventListener("statechange", () => {
      if (coming.state === "installed" && workers.controller) void judge(coming);
    });
  });
  const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  const { active } = await workers.ready;
  active?.postMessage({ kind: "loaded", files: [...new Set(files)].filter((path) => path.startsWith("/assets/")), full });
  // A page of the newest build must not be told that an older one waits: first hear what the server has.
  await made.update();
  await judge(made.waiting);
  await judge(workers.controller);
}

/** null: it does not say. */
function buildOf(worker: ServiceWorker): Promise<string | null> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    port1.onmessage = ({ data }) => done(typeof data === "string" ? data : null);
    setTimeout(() => done(null), times.answerMs);
    worker.postMessage({ kind: "build" }, [port2]);
  });
}
