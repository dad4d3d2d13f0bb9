/**
 * The one new note being written. It survives leaving it, a refusal and a closed tab, and is gone only when it is posted
 * or discarded.
 *
 * Invariant: posting never depends on the text being as it was; a passage that is gone makes a detached note.
 */
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import type { Saying } from "../../session/api";
import type { Draft, Drafts } from "../../session/drafts";
import type { Notes, Passage, Place } from "../../session/notes";
import type { Attempts } from "./attempts";
import { uuid7 } from "../../session/uuid7";

/** Stands for the draft where notes are named by id. */
export const DRAFT = "draft";

export interface DraftParts {
  notes: Pick<Notes, "places" | "follow">;
  drafts: Pick<Drafts, "note">;
  attempts: Attempts;
  /** Which note the rail is about. */
  active: Signal<string | null>;
  /** The passage that is selected now; null when nothing is. */
  selected(): Passage | null;
  create(note: Saying & Passage): Promise<void>;
  /** When the note is there, or cannot come just now. */
  arrived(id: string): Promise<void>;
  /** What a note of this id says; null: it is not there. */
  said(id: string): string | null;
  edit(id: string, body: string): void;
  /** The note is where the draft was. */
  posted(id: string): void;
  discardQuestion(run: () => void): void;
}

export interface Drafting {
  readonly draft: ReadonlySignal<Draft | null>;
  /** Where its passage is; null: gone. Moves with the text. */
  readonly place: ReadonlySignal<Place | null>;
  /** Its box is open. */
  readonly writing: ReadonlySignal<boolean>;
  /** A note to other words was asked for before this one was posted. */
  readonly other: ReadonlySignal<Passage | null>;
  /** About what is selected; whether anything is. */
  start(): boolean;
  resume(): void;
  write(body: string): void;
  /** The draft is about the other words from now on. */
  moveToOther(): void;
  post(): Promise<void>;
  /** Out of its box; an empty one is forgotten. */
  leave(): void;
  discard(): void;
}

export function createDraft(parts: DraftParts): Drafting {
  const { notes, drafts, active } = parts;
  const draft = drafts.note;
  const other = signal<Passage | null>(null);
  const open = (passage: Passage, body: string) => {
    draft.value = { passage, body };
    other.value = null;
    active.value = DRAFT;
  };
  const passage = computed(() => draft.value?.passage ?? null);
  effect(() => notes.follow(DRAFT, passage.value));

  return {
    ...createPosting(parts, other),
    draft,
    other,
    place: computed(() => {
      const place = notes.places.value.get(DRAFT);
      return place && place.from < place.to ? place : null;
    }),
    writing: computed(() => draft.value !== null && active.value === DRAFT),
    start() {
      const selected = parts.selected();
      if (!selected) return false;
      const before = draft.peek();
      if (!before || before.body.trim() === "") open(selected, "");
      else {
        other.value = samePassage(before.passage, selected) ? null : selected;
        active.value = DRAFT;
      }
      return true;
    },
    resume: () => void (active.value = DRAFT),
    write(body) {
      const before = draft.peek();
      if (before) draft.value = { passage: before.passage, body };
    },
    moveToOther() {
      const [before, wanted] = [draft.peek(), other.peek()];
      if (before && wanted) open(wanted, before.body);
    },
  };
}

/** The ways out of a draft. */
function createPosting(parts: DraftParts, other: Signal<Passage | null>): Pick<Drafting, "post" | "leave" | "discard"> {
  const { attempts, active } = parts;
  const draft = parts.drafts.note;
  let id = uuid7();
  const body = () => draft.peek()?.body.trim() ?? "";
  const end = () => {
    draft.value = null;
    other.value = null;
    id = uuid7();
    attempts.forget(DRAFT);
    if (active.peek() === DRAFT) active.value = null;
  };
  const finish = () => {
    const [posted, open, meant] = [id, active.peek() === DRAFT, body()];
    end();
    // Words that were changed after an answer was lost are not lost with it.
    if (![null, meant].includes(parts.said(posted))) parts.edit(posted, meant);
    if (open) parts.posted(posted);
  };
  // The server may have had it though its answer was lost.
  effect(() => {
    if (draft.value && parts.said(id) !== null && !attempts.busy.value.has(DRAFT)) untracked(finish);
  });

  return {
    async post() {
      const written = draft.peek();
      if (!written || body() === "") return;
      const posted = id;
      const done = await attempts.attempt(DRAFT, async () => {
        await parts.create({ id: posted, body: body(), ...written.passage });
        await parts.arrived(posted);
      });
      if (done && id === posted) finish();
    },
    leave() {
      if (body() === "") end();
      else if (active.peek() === DRAFT) active.value = null;
    },
    discard() {
      if (body() === "") end();
      else parts.discardQuestion(end);
    },
  };
}

function samePassage(a: Passage, b: Passage): boolean {
  return JSON.stringify(a.anchor) === JSON.stringify(b.anchor);
}
