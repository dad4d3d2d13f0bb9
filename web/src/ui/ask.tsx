/** A question with its answers. The first answer is the safe one and has the focus. */
import { Dialog } from "./dialog";

export interface Question {
  title: string;
  sentence: string;
  answers: readonly { label: string; run(): void; primary?: boolean }[];
}

export function Ask({ question, onClose }: { question: Question; onClose(): void }) {
  return (
    <Dialog class="ask" label={question.title} onClose={onClose}>
      <p>{question.sentence}</p>
      <div class="dialog-foot">
        <button type="button" class="btn" onClick={onClose}>
          Cancel
        </button>
        {question.answers.map((answer) => (
          <button
            key={answer.label}
            type="button"
            class={answer.primary ? "btn primary" : "btn line"}
            data-autofocus={answer.primary || undefined}
            onClick={() => (onClose(), answer.run())}
          >
            {answer.label}
          </button>
        ))}
      </div>
    </Dialog>
  );
}
