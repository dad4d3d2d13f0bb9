/** Why something was not done, said where it was tried, with the way to try again. What was written stays. */
import type { Board } from "./board";

export function Trouble({ board, at }: { board: Board; at: string }) {
  const problem = board.attempts.problems.value.get(at);
  if (!problem) return null;
  return (
    <p class="problem" role="alert">
      <span>
        {problem.sentence}{" "}
        <button type="button" class="inline-link" onClick={problem.again}>
          Try again
        </button>
      </span>
    </p>
  );
}
