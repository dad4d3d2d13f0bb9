/**
 * What the server tells while a page is looked at: who is in which document, that one's list changed, and notes.
 *
 * A stream occupies one of the few connections a browser keeps to a server, so it is open only while the page is
 * visible. Invariant: after every opening the server says everything again, so nothing has to be remembered here.
 */
import type { Person } from "./api";

export interface EventHandlers {
  /** Who is in a document now; for every document anybody is in at each opening, then at each change. */
  onPresence(document: string, people: readonly Person[]): void;
  /**
   * The list changed: load it again. Without `onList` also after each opening, the first too: nothing is told of what
   * changed between what the page was written with and the opening, and a page that was opened behind others is first
   * looked at later.
   */
  onChanged(): void;
  /** After each opening: what stands for the list the server has. Every change after it is told. */
  onList?(mark: string): void;
  /** How many notes are open in a document now. */
  onNotes?(document: string, notes: number): void;
  /** Somebody mentioned whoever looks at this page. Not said again after an opening. */
  onMention?(document: string, note: string, by: Person): void;
  /** The stream opened. */
  onOpen?(): void;
  /** The stream broke, or did not open. */
  onTrouble?(): void;
}

/** What is needed of the browser; tests bring their own. */
export interface EventWorld {
  open(url: string): EventSource;
  visible(): boolean;
  onVisibility(run: () => void): () => void;
  later(ms: number, run: () => void): () => void;
}

const browser: EventWorld = {
  open: (url) => new EventSource(url),
  visible: () => document.visibilityState === "visible",
  onVisibility(run) {
    const events = ["visibilitychange", "pageshow"] as const;
    for (const name of events) document.addEventListener(name, run);
    return () => events.forEach((name) => document.removeEventListener(name, run));
  },
  later(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Between two tries after the server refused; a lost connection is taken up again by the browser itself. */
const retryMs = 15_000;

/** Listens until told to stop. */
export function watchEvents(handlers: EventHandlers, world: EventWorld = browser): () => void {
  let stream: EventSource | null = null;
  let cancelRetry = () => {};

  const close = () => {
    cancelRetry();
    stream?.close();
    stream = null;
  };

  const open = () => {
    close();
    const opened = (stream = world.open(handlers.onList ? "/api/events?list" : "/api/events"));
    opened.addEventListener("open", () => {
      handlers.onOpen?.();
      if (!handlers.onList) handlers.onChanged();
    });
    opened.addEventListener("list", (event) => handlers.onList?.((JSON.parse(event.data) as { mark: string }).mark));
    opened.addEventListener("presence", (event) => {
      const { document, people } = JSON.parse(event.data) as { document: string; people: Person[] };
      handlers.onPresence(document, people);
    });
    opened.addEventListener("documents", () => handlers.onChanged());
    opened.addEventListener("notes", (event) => {
      const { document, notes } = JSON.parse(event.data) as { document: string; notes: number };
      handlers.onNotes?.(document, notes);
    });
    opened.addEventListener("mention", (event) => {
      const { document, note, by } = JSON.parse(event.data) as { document: string; note: string; by: Person };
      handlers.onMention?.(document, note, by);
    });
    opened.addEventListener("error", () => {
      handlers.onTrouble?.();
      if (opened.readyState === EventSource.CLOSED) cancelRetry = world.later(retryMs, look);
    });
  };

  const look = () => {
    if (!world.visible()) close();
    else if (!stream || stream.readyState === EventSource.CLOSED) open();
  };

  const stop = world.onVisibility(look);
  look();
  return () => {
    stop();
    close();
  };
}
