/**
 * What is said aloud in passing, to who cannot see it happen. What comes within two seconds is one utterance, so that
 * three people who arrive at once, or a note and a person, do not talk over each other.
 */
import { type ReadonlySignal, signal } from "@preact/signals";

/** Asked when its time has come: null when there is nothing to say any more. */
type Later = () => string | null;

const gatherMs = 2_000;

/** Sentences that wait, and what to do with them when they have waited long enough. */
export class Announcer {
  readonly #waiting = new Set<string | Later>();
  #timer = false;

  constructor(private readonly say: (sentences: string) => void) {}

  /** The same sentence, or the same question, waits once. */
  add(what: string | Later): void {
    this.#waiting.add(what);
    if (this.#timer) return;
    this.#timer = true;
    setTimeout(() => this.#speak(), gatherMs);
  }

  #speak(): void {
    this.#timer = false;
    const all = [...this.#waiting].map((what) => (typeof what === "string" ? what : what()));
    this.#waiting.clear();
    const sentences = [...new Set(all)].filter((it) => it !== null).join(" ");
    if (sentences) this.say(sentences);
  }
}

export interface Said {
  /** Another one each time, so that the same words are said again. */
  nth: number;
  sentences: string;
}

const last = signal<Said>({ nth: 0, sentences: "" });
const announcer = new Announcer((sentences) => (last.value = { nth: last.peek().nth + 1, sentences }));

export const said: ReadonlySignal<Said> = last;

/** Says a sentence, with what else happens about now. */
export function announce(sentence: string): void {
  announcer.add(sentence);
}

/** Asks about now what there is to say. */
export function announceLater(ask: () => string | null): void {
  announcer.add(ask);
}
