/** The questions of the list: what is lost, before it is. */
import { Ask, type Question } from "../ask";
import { count } from "../time";
import type { Asked } from "./list";

export function ListAsk({ asked, onClose }: { asked: Asked; onClose(): void }) {
  return <Ask question={questionOf(asked)} onClose={onClose} />;
}

export function questionOf(asked: Asked): Question {
  const { run } = asked;
  if (asked.kind === "empty")
    return {
      title: "Empty the trash?",
      sentence: `${count(asked.documents, "document")} with all versions and links ${asked.documents === 1 ? "is" : "are"} gone at once, for everybody. Nobody can bring them back.`,
      answers: [{ label: "Empty the trash", run }],
    };
  const { title, owner } = asked.document;
  const name = title || "Untitled";
  if (asked.kind === "leave")
    return {
      title: "Leave this document?",
      sentence: `You lose access to “${name}” at once. ${owner.display} can add you again, and a link that still works lets you in.`,
      answers: [{ label: "Leave", run }],
    };
  return {
    title: "Delete for good?",
    sentence: `“${name}”, its versions and its links are gone at once, for everybody. Nobody can bring them back.`,
    answers: [{ label: "Delete for good", run }],
  };
}
