/** A chord, as keycaps. */
import { keycaps } from "./chord";

export function Keys({ chord }: { chord: string }) {
  return (
    <span class="keys">
      {keycaps(chord).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
