/** The one polite live region of a page: what `announce` gathers is said here, and seen nowhere. */
import { said } from "./announce";

export function Announcements() {
  const { nth, sentences } = said.value;
  return (
    <div class="sr" aria-live="polite">
      {sentences && <p key={nth}>{sentences}</p>}
    </div>
  );
}
