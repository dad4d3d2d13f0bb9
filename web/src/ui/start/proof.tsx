/** The promise, set as a proof that two people are working on. Read out as one plain sentence. */
import { Face } from "../face";

export function Proof() {
  return (
    <>
      <p class="sr">Write together in plain Markdown, with room in the margin.</p>
      <div class="proof" aria-hidden="true">
        Write together
        <br />
        in plain <mark class="theirs p7">Markdown</mark>
        <span class="proof-caret p7">
          <b>Ama</b>
        </span>
        ,<br />
        with room in
        <br />
        the <mark>margin</mark>.
        <i class="proof-leader" />
        <span class="proof-note">
          <b>
            <Face name="Tomasz Bielak" peer={2} small />
            Tomasz
          </b>
          <span class="words">And it says Saved only when it is.</span>
        </span>
      </div>
    </>
  );
}
