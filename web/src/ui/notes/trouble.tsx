/** Why something was not done, said where it was tried, with the way to try again. What was written stays. */
import type { Board } from "./board";

export interface TroubleProps {
  board: Board;
  /** Where it was tried. */
  at: string;
  /** Tries with what stands in the field by now, which may be better words than those that were refused. */
  onAgain?(): void;
}

export function Trouble({ board, at, onAgain }: TroubleProps) {
  const problem = board.attempts.problems.value.get(at);
  if (!problem) return null;
  return (
    <p class="problem" role="alert">
      <span>
        {problem.sentence}{" "}
        <button type="button" class="inline-link" onClick={onAgain ?? problem.again}>
          Try again
        </button>
      </span>
    </p>
  );
}
