/** The browser as the session's world. */
import type { RawSocket, World } from "./socket";

export const browser: World = {
  connect: (url, protocol) => new WebSocket(url, protocol) as RawSocket,
  // A server on this machine is there without any network.
  online: () => navigator.onLine || /^(localhost|127\.|\[::1\])/.test(location.hostname),
  onWake: (listener) => both(listening(window, ["online", "pageshow"], listener), listening(document, ["visibilitychange"], () => {
    if (document.visibilityState === "visible") listener();
  })),
  onSleep: (listener) => listening(window, ["offline"], listener),
  onHide: (listener) => both(listening(window, ["pagehide"], listener), listening(document, ["visibilitychange", "freeze"], () => {
    if (document.visibilityState === "hidden") listener();
  })),
  onActivity: (listener) => listening(document, ["pointerdown", "keydown", "wheel", "touchmove", "focusin"], listener),
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  later(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

function listening(target: EventTarget, events: readonly string[], listener: () => void): () => void {
  for (const event of events) target.addEventListener(event, listener, { passive: true });
  return () => events.forEach((event) => target.removeEventListener(event, listener));
}

function both(first: () => void, second: () => void): () => void {
  return () => {
    first();
    second();
  };
}
