/**
 * The list of documents: what is known, and what can be done with it. Changes show at once and are taken back with a
 * sentence when the server refuses. Knows no network: the calls come in from the page's entry.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Document, Listed, Person } from "../../session/api";
import { ApiError } from "../../session/call";
import { noShelf, type Shelf } from "./shelf";
import { found, inTab, order, type Tab } from "./titles";

export interface ListCalls {
  load(trash: boolean): Promise<Listed>;
  create(text: string): Promise<Document>;
  /** Makes one on this device, for the server to hear of later. */
  bear?(text: string): Promise<Document>;
  rename(id: string, title: string): Promise<Document>;
  trash(id: string): Promise<void>;
  restore(id: string): Promise<Document>;
  /** Deletes for good. */
  erase(id: string): Promise<void>;
  leave(id: string): Promise<void>;
  open(document: Document): void;
  /** A sentence for the reader, perhaps with the way back. */
  say(sentence: string, undo?: () => void): void;
}

/** What is not done without being sure (`list-ask.tsx` for the words). */
export type Asked =
  | { kind: "erase" | "leave"; document: Document; run(): void }
  | { kind: "empty"; documents: number; run(): void };

export interface List {
  /** What this device has of it. */
  readonly shelf: Shelf;
  readonly tab: ReadonlySignal<Tab>;
  readonly query: ReadonlySignal<string>;
  readonly rows: ReadonlySignal<readonly Document[]>;
  /** Nothing to show in any tab but the trash. */
  readonly empty: ReadonlySignal<boolean>;
  readonly loading: ReadonlySignal<boolean>;
  /** Who is in which document now. */
  readonly present: ReadonlySignal<ReadonlyMap<string, readonly Person[]>>;
  /** Something to be sure about first. */
  readonly question: Signal<Asked | null>;
  /** How many documents are in the trash. */
  readonly trashed: ReadonlySignal<number>;
  /** Somebody came or went. */
  meet(document: string, people: readonly Person[]): void;
  /** So many notes are open in a document now. */
  counted(document: string, notes: number): void;
  /** Somebody mentioned whoever looks, in a document. */
  mentioned(document: string): void;
  /** Loads what is shown again, without a word. */
  refresh(): Promise<void>;
  /** The server's list is the one this stands for: loads it if another is shown. */
  catchUp(mark: string): Promise<void>;
  show(tab: Tab): void;
  search(query: string): void;
  create(): Promise<void>;
  bring(files: readonly File[]): Promise<void>;
  rename(document: Document, title: string): Promise<void>;
  trash(document: Document): Promise<void>;
  restore(document: Document): Promise<void>;
  askErase(document: Document): void;
  askEmpty(): void;
  askLeave(document: Document): void;
}

export function createList(given: ListCalls, initial: Listed | null, shelf: Shelf = noShelf()): List {
  const documents = signal<readonly Document[]>(initial?.documents ?? []);
  const loads = createLoads(given, documents, initial?.mark ?? "");
  const calls = { ...given, load: loads.load, create: (text: string) => make(given, shelf, text) };
  const all = computed(() => shelf.with(documents.value));
  const loading = signal(initial === null);
  const tab = signal<Tab>("recent");
  const query = signal("");
  const present = signal<ReadonlyMap<string, readonly Person[]>>(new Map());
  const changes = createChanges(calls, documents);
  const trashed = computed(() => documents.value.filter((it) => it.trashed_ms !== null).length);
  const alter = (id: string, change: (it: Document) => Document) => {
    documents.value = documents.value.map((it) => (it.id === id ? change(it) : it));
  };

  if (initial === null) void changes.load(false).finally(() => (loading.value = false));

  return {
    ...changes,
    shelf,
    tab,
    query,
    loading,
    present,
    trashed,
    rows: computed(() =>
      all.value
        .filter((it) => inTab(tab.value, it) && found(it.title || "Untitled", query.value))
        .sort(order(tab.value)),
    ),
    empty: computed(
      () => !loading.value && tab.value !== "trash" && !all.value.some((it) => it.trashed_ms === null),
    ),
    meet(document, people) {
      const next = new Map(present.value);
      if (people.length > 0) next.set(document, people);
      else next.delete(document);
      present.value = next;
    },
    counted: (id, notes) => alter(id, (it) => ({ ...it, notes })),
    mentioned: (id) => alter(id, (it) => ({ ...it, mentions: it.mentions + 1 })),
    refresh: loads.refresh,
    catchUp: loads.catchUp,
    show(next) {
      tab.value = next;
      if (next === "trash" && loads.knowTrash()) void changes.load(true);
    },
    search: (text) => void (query.value = text),
  };
}

/** What the server has, and whether it is still what is shown; `mark` stands for that. */
function createLoads({ load: ask }: ListCalls, documents: Signal<readonly Document[]>, mark: string) {
  let knowsTrash = false;
  let asked = 0;
  const load = async (trash: boolean) => {
    const listed = await ask(trash);
    if (!trash) ({ mark } = listed);
    return listed.documents;
  };
  const refresh = async () => {
    const turn = ++asked;
    const loaded = await Promise.all([load(false), knowsTrash ? load(true) : []]).catch(() => null);
    // What cannot be asked for now stays as it is; the next change asks again. A later answer is never overwritten.
    if (loaded && turn === asked) documents.value = loaded.flat();
  };
  return {
    load,
    refresh,
    /** What is in the trash the mark does not stand for. */
    async catchUp(now: string) {
      if (now !== mark || knowsTrash) await refresh();
    },
    /** From now on it is loaded too; whether it was not before. */
    knowTrash: () => !knowsTrash && (knowsTrash = true),
  };
}

/** At the server, or where that cannot be reached on this device. */
async function make({ create, bear }: ListCalls, { reach }: Shelf, text: string): Promise<Document> {
  if (!bear) return create(text);
  if (reach.value === "away") return bear(text);
  return create(text).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 0) return bear(text);
    throw error;
  });
}

type Calls = Omit<ListCalls, "load"> & { load(trash: boolean): Promise<Document[]> };

function createChanges(calls: Calls, documents: Signal<readonly Document[]>) {
  const question = signal<Asked | null>(null);
  const put = (next: Document) => {
    documents.value = [...documents.value.filter((it) => it.id !== next.id), next];
  };

  /** Does it, or puts back what was and says why. */
  const attempt = async (work: () => Promise<void>, before?: Document): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (before) put(before);
      calls.say(error instanceof Error ? error.message : "That did not work. Try again.");
      return false;
    }
  };

  const restore = (it: Document) => {
    put({ ...it, trashed_ms: null, purge_ms: null });
    return attempt(async () => put(await calls.restore(it.id)), it);
  };
  const without = (call: (id: string) => Promise<void>) => (it: Document) => {
    documents.value = documents.value.filter(({ id }) => id !== it.id);
    return attempt(() => call(it.id), it);
  };
  const [erase, leave] = [without(calls.erase), without(calls.leave)];

  return {
    question,
    load: (trash: boolean) => attempt(async () => (await calls.load(trash)).forEach(put)),
    create: async () => void (await attempt(async () => calls.open(await calls.create("")))),
    bring: async (files: readonly File[]) => void (await attempt(() => bring(calls, files, put))),
    async rename(it: Document, title: string) {
      put({ ...it, title });
      await attempt(async () => put(await calls.rename(it.id, title)), it);
    },
    async trash(it: Document) {
      const now = Date.now();
      const gone = { ...it, trashed_ms: now, purge_ms: now + trashMs };
      put(gone);
      if (await attempt(() => calls.trash(it.id), it))
        calls.say(`“${it.title || "Untitled"}” is in the trash.`, () => void restore(gone));
    },
    restore: async (it: Document) => void (await restore(it)),
    askErase: (it: Document) => void (question.value = { kind: "erase", document: it, run: () => void erase(it) }),
    askEmpty() {
      const all = documents.value.filter((it) => it.trashed_ms !== null);
      question.value = { kind: "empty", documents: all.length, run: () => void Promise.all(all.map(erase)) };
    },
    askLeave: (it: Document) => void (question.value = { kind: "leave", document: it, run: () => void leave(it) }),
  };
}

/** As long as the server keeps it; its word comes with the next load. */
const trashMs = 30 * 24 * 60 * 60_000;

/** Every file becomes a document; a single one is opened. */
async function bring(calls: Calls, files: readonly File[], put: (document: Document) => void): Promise<void> {
  if (files.length === 0) return calls.say("Only Markdown files (.md) can be brought in.");
  const made: Document[] = [];
  for (const file of files) {
    const document = await calls.create(await file.text());
    put(document);
    made.push(document);
  }
  if (made.length === 1 && made[0]) calls.open(made[0]);
  else calls.say(`${made.length} documents are here now.`);
}
