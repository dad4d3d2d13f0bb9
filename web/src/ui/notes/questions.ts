/** What is asked before something is gone for everybody. */
import type { Note } from "../../session/notes";
import type { Question } from "../ask";
import { replies } from "./words";

export function removal(note: Note, reply: string | null, run: () => void): Question {
  const answers = [{ label: "Delete", run }];
  if (reply !== null)
    return {
      title: "Delete this reply?",
      sentence: "It is gone at once, for everybody. Nobody can bring it back.",
      answers,
    };
  const more = note.replies.length;
  return {
    title: "Delete this note?",
    sentence:
      more === 0
        ? "It is gone at once, for everybody. Resolving keeps it, out of the way."
        : `The note and its ${replies(more)} are gone at once, for everybody. Resolving keeps them, out of the way.`,
    answers,
  };
}

export function discarding(run: () => void): Question {
  return {
    title: "Discard this draft?",
    sentence: "What you wrote is gone then, on this device too.",
    answers: [{ label: "Discard", run }],
  };
}
