/**
 * The list of documents: what is known, and what can be done with it. Changes show at once and are taken back with a
 * sentence when the server refuses. Knows no network: the calls come in from the page's entry.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Document } from "../../session/api";
import { inTab, found, type Tab } from "./titles";

export interface ListCalls {
  load(trash: boolean): Promise<Document[]>;
  create(text: string): Promise<Document>;
  rename(id: string, title: string): Promise<Document>;
  trash(id: string, trashed: boolean): Promise<Document>;
  open(document: Document): void;
  /** A sentence for the reader, perhaps with the way back. */
  say(sentence: string, undo?: () => void): void;
}

export interface List {
  readonly tab: ReadonlySignal<Tab>;
  readonly query: ReadonlySignal<string>;
  readonly rows: ReadonlySignal<readonly Document[]>;
  /** Nothing to show in any tab but the trash. */
  readonly empty: ReadonlySignal<boolean>;
  readonly loading: ReadonlySignal<boolean>;
  show(tab: Tab): void;
  search(query: string): void;
  create(): Promise<void>;
  bring(files: readonly File[]): Promise<void>;
  rename(document: Document, title: string): Promise<void>;
  trash(document: Document): Promise<void>;
  restore(document: Document): Promise<void>;
}

export function createList(calls: ListCalls, initial: readonly Document[] | null): List {
  const documents = signal<readonly Document[]>(initial ?? []);
  const loading = signal(initial === null);
  const tab = signal<Tab>("recent");
  const query = signal("");
  const changes = createChanges(calls, documents);
  let knowsTrash = false;

  if (initial === null) void changes.load(false).finally(() => (loading.value = false));

  return {
    ...changes,
    tab,
    query,
    loading,
    rows: computed(() =>
      documents.value
        .filter((it) => inTab(tab.value, it) && found(it.title || "Untitled", query.value))
        .sort((a, b) => b.updated_ms - a.updated_ms),
    ),
    empty: computed(
      () => !loading.value && tab.value !== "trash" && !documents.value.some((it) => it.trashed_ms === null),
    ),
    show(next) {
      tab.value = next;
      if (next === "trash" && !knowsTrash) void changes.load(true);
      knowsTrash ||= next === "trash";
    },
    search: (text) => void (query.value = text),
  };
}

function createChanges(calls: ListCalls, documents: Signal<readonly Document[]>) {
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

  const move = (it: Document, trashed: boolean) => {
    put({ ...it, trashed_ms: trashed ? Date.now() : null });
    return attempt(async () => put(await calls.trash(it.id, trashed)), it);
  };

  return {
    load: (trash: boolean) => attempt(async () => (await calls.load(trash)).forEach(put)),
    create: async () => void (await attempt(async () => calls.open(await calls.create("")))),
    bring: async (files: readonly File[]) => void (await attempt(() => bring(calls, files, put))),
    async rename(it: Document, title: string) {
      put({ ...it, title });
      await attempt(async () => put(await calls.rename(it.id, title)), it);
    },
    async trash(it: Document) {
      const gone = await move(it, true);
      const back = { ...it, trashed_ms: Date.now() };
      if (gone) calls.say(`“${it.title || "Untitled"}” is in the trash.`, () => void move(back, false));
    },
    restore: async (it: Document) => void (await move(it, false)),
  };
}

/** Every file becomes a document; a single one is opened. */
async function bring(calls: ListCalls, files: readonly File[], put: (document: Document) => void): Promise<void> {
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
