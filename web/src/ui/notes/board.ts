/**
 * The notes of a document as a person deals with them: which ones show, which one is active, and how one gets there.
 *
 * Knows no network and no surface: calls, the selection and the way to a passage come in. Next: `acts.ts` for what can
 * be done, `draft.ts` for the note being written, `surfaces.ts` for the marks in the text, `rail.tsx` and `sheet.tsx`.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { NoteMark, Span } from "../../editor/surface";
import type { Role } from "../../session/api";
import type { Drafts } from "../../session/drafts";
import type { Notes, Passage } from "../../session/notes";
import type { Directory, Known } from "../../session/people";
import type { Question } from "../ask";
import { canComment } from "../roles";
import { type Acts, createActs, type NoteCalls } from "./acts";
import { type Attempts, createAttempts } from "./attempts";
import { createDraft, DRAFT, type Drafting } from "./draft";
import { discarding } from "./questions";
import { discarding as discardingUnsent, type RefusedWait, type Unsent, wordsOf } from "./unsent";
import { counted, type Filter, filterOf, joined, marked, ordered, type Order, type Thread } from "./threads";

export interface BoardParts {
  notes: Notes;
  drafts: Drafts;
  unsent: Unsent;
  directory: Directory;
  role: ReadonlySignal<Role>;
  /** What is posted comes over the socket at once. */
  live: ReadonlySignal<boolean>;
  calls: NoteCalls;
  /** What is selected, in the text or the source. */
  selection(): Span | null;
  reveal(span: Span): void;
  /** Pixels below the top edge of what is in sight; null: not known. */
  depth(offset: number): number | null;
  ask(question: Question): void;
  /** A sentence for the reader, perhaps with the way back. */
  say(sentence: string, undo?: () => void): void;
  /** Whether it is open at first, before anything is known. */
  shown: boolean;
}

export interface Board extends Acts, Looking {
  readonly ready: ReadonlySignal<boolean>;
  readonly draft: Drafting;
  readonly drafts: Drafts;
  readonly unsent: Unsent;
  /** Refused, and what it is about is not here. */
  readonly lost: ReadonlySignal<readonly RefusedWait[]>;
  readonly attempts: Attempts;
  readonly directory: Directory;
  /** Everybody else. */
  readonly others: ReadonlySignal<readonly Known[]>;
  /** The role allows notes. */
  readonly writes: ReadonlySignal<boolean>;
  readonly marks: ReadonlySignal<readonly NoteMark[]>;
  /** Asks first where words would be gone. */
  discardUnsent(wait: RefusedWait): void;
  /** A note about what is selected; says why not. */
  start(): void;
  /** Puts the notes away, a draft included. */
  close(): void;
}

export function createBoard(parts: BoardParts): Board {
  const { notes, directory, drafts, role, say } = parts;
  const all = computed(() => joined(notes.all.value, notes.places.value));
  const has = (id: string) => notes.all.value.some((note) => note.id === id || note.replies.some((it) => it.id === id));
  const active = signal<string | null>(null);
  const attempts = createAttempts();
  const writes = computed(() => canComment(role.value));
  const arrived = arrival(has, parts.live);
  const selected = () => passageOf(parts);
  const draft = createDraft({
    notes,
    drafts,
    attempts,
    active,
    selected,
    arrived,
    said: (id) => notes.all.value.find((note) => note.id === id)?.body ?? null,
    edit: (id, body) => void attempts.attempt(id, () => parts.calls.edit(id, body)),
    create: parts.calls.create,
    posted: (id) => show(id),
    discardQuestion: (run) => parts.ask(discarding(run)),
  });
  // Not by its filter: the place of what was just posted or attached may be found a moment later.
  const show = (id: string) => {
    looking.filter.value = "open";
    looking.shown.value = true;
    active.value = id;
  };
  const acts = createActs({ ...parts, attempts, active, arrived, selected, show });
  const looking = createLooking(parts, all, active, draft);
  forgetTheGone(active, has);
  askForNames(active, writes, directory);
  forgetToAttach(acts.attaching, parts.selection);

  return {
    ...looking,
    ...acts,
    ready: notes.ready,
    draft,
    drafts,
    ...unsentOf(parts, has),
    attempts,
    directory,
    others: computed(() => [...directory.people.value.values()].filter(({ author }) => !directory.mine(author))),
    writes,
    marks: computed(() => [...marked(all.value), ...draftMark(draft)]),
    start() {
      acts.attaching.value = null;
      if (!writes.peek()) say("You can read the notes here. To write one, ask for more access.");
      else if (!draft.start()) say("Select some text first, then add a note to it.");
      else looking.activate(DRAFT);
    },
    close() {
      draft.leave();
      active.value = null;
      looking.shown.value = false;
    },
  };
}

/** What shows, and moving among it. */
export interface Looking {
  /** The rail, or on a phone the sheet, is open. */
  readonly shown: Signal<boolean>;
  readonly filter: Signal<Filter>;
  readonly order: Signal<Order>;
  readonly counts: ReadonlySignal<Record<Filter, number>>;
  /** Under the filter, in order. */
  readonly threads: ReadonlySignal<readonly Thread[]>;
  /** Newest first. */
  readonly detached: ReadonlySignal<readonly Thread[]>;
  readonly active: ReadonlySignal<string | null>;
  /** Which thread is to take the focus, until it has. */
  readonly focus: Signal<string | null>;
  /** Opens a thread, or the draft, and brings its passage into sight. */
  activate(id: string | null, how?: "focus"): void;
  /** Somebody pressed a passage, or several that lie over each other: each press opens the next. */
  press(ids: readonly string[]): void;
  /** To the next or the one before. */
  step(by: 1 | -1, how?: "focus"): void;
  /** The active one's passage, into sight again. */
  reveal(): void;
}

function createLooking(
  parts: BoardParts,
  all: ReadonlySignal<readonly Thread[]>,
  active: Signal<string | null>,
  draft: Drafting,
): Looking {
  const filter = signal<Filter>("open");
  const order = signal<Order>("position");
  const shown = signal(parts.shown);
  const focus = signal<string | null>(null);
  const under = (wanted: Filter) => all.value.filter((it) => filterOf(it) === wanted);
  const threads = computed(() => ordered(under(filter.value), order.value));

  const find = (id: string | null) => all.peek().find(({ note }) => note.id === id);
  const reveal = () => {
    const place = active.peek() === DRAFT ? draft.place.peek() : find(active.peek())?.place;
    if (place) parts.reveal(place);
  };
  const activate = (id: string | null, how?: "focus") => {
    const found = find(id);
    if (active.peek() === DRAFT && id !== DRAFT) draft.leave();
    active.value = id === DRAFT || found ? id : null;
    if (active.peek() === null) return;
    shown.value = true;
    if (found) filter.value = filterOf(found);
    reveal();
    focus.value = how ? id : null;
  };

  return {
    shown,
    filter,
    order,
    threads,
    active,
    focus,
    counts: computed(() => counted(all.value)),
    detached: computed(() => ordered(under("detached"), "newest")),
    activate,
    reveal,
    press(ids) {
      const next = ids[(ids.indexOf(active.peek() ?? "") + 1) % ids.length];
      if (next !== undefined) activate(next);
    },
    step(by, how) {
      const next = stepped(threads.peek(), active.peek(), by, parts.depth);
      if (next) activate(next.note.id, how);
      else parts.say(parts.notes.ready.peek() ? "There is no note here yet." : "The notes are still on their way.");
    },
  };
}

/** The one after or before the active one, around the end; without one, the nearest to what is in sight. */
function stepped(
  threads: readonly Thread[],
  active: string | null,
  by: 1 | -1,
  depth: BoardParts["depth"],
): Thread | undefined {
  const at = threads.findIndex(({ note }) => note.id === active);
  if (at >= 0) return threads.at((at + by) % threads.length);
  const below = threads.findIndex(({ place }) => place !== null && (depth(place.from) ?? -1) >= 0);
  if (below < 0) return by === 1 ? threads[0] : threads.at(-1);
  return by === 1 ? threads[below] : threads.at(below - 1);
}

/** What is not with the server, and what can be done where it has no place to be shown. */
function unsentOf({ unsent, ask }: BoardParts, has: (id: string) => boolean): Pick<Board, "unsent" | "lost" | "discardUnsent"> {
  return {
    unsent,
    lost: computed(() => [...unsent.waits.value].flatMap(([at, wait]) => (wait.kind === "refused" && !has(at) ? [wait] : []))),
    discardUnsent(wait) {
      const run = () => unsent.discard(wait.id);
      if (wordsOf(wait) === null) run();
      else ask(discardingUnsent(wait, run));
    },
  };
}

/** The selection as a passage; null when there are no words in it. */
function passageOf({ selection, notes }: BoardParts): Passage | null {
  const span = selection();
  const passage = span && notes.passage(span.from, span.to);
  return passage?.quote ? passage : null;
}

/** Waits until something posted is there, or cannot come just now. */
function arrival(has: (id: string) => boolean, live: ReadonlySignal<boolean>): (id: string) => Promise<void> {
  return (id) =>
    new Promise((done) => {
      const stop = effect(() => {
        if (!has(id) && live.value) return;
        done();
        queueMicrotask(() => stop());
      });
    });
}

/** A note that was deleted, by whomever, is active no more. */
function forgetTheGone(active: Signal<string | null>, has: (id: string) => boolean): void {
  let known: string | null = null;
  effect(() => {
    const id = active.value;
    const here = id !== null && id !== DRAFT && has(id);
    if (!here && known !== null && known === id) active.value = null;
    known = here ? id : null;
  });
}

/** Whoever selected some text and let go of it again has changed their mind. */
function forgetToAttach(attaching: Signal<unknown>, selection: () => Span | null): void {
  let chosen = false;
  effect(() => {
    const selected = selection() !== null;
    if (attaching.value === null) chosen = false;
    else if (selected) chosen = true;
    else if (chosen) attaching.value = null;
  });
}

/** Whoever is about to write may want to mention somebody who has not written yet. */
function askForNames(active: ReadonlySignal<string | null>, writes: ReadonlySignal<boolean>, directory: Directory): void {
  let asked = false;
  effect(() => {
    if (asked || active.value === null || !writes.value) return;
    asked = true;
    directory.refresh();
  });
}

function draftMark({ draft, place }: Drafting): NoteMark[] {
  return draft.value && place.value ? [{ id: DRAFT, from: place.value.from, to: place.value.to, resolved: false }] : [];
}
