/** Why something about the access was not done, said where it was tried. */
import type { Access, Problem } from "./access";

export function Trouble({ access, at, id }: { access: Access; at: Problem["at"]; id?: string }) {
  const problem = access.problem.value;
  if (problem?.at !== at) return null;
  return (
    <p class="problem" role="alert" id={id}>
      {problem.sentence}
    </p>
  );
}
