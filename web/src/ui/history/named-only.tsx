/** Whether only versions with a name are listed. */
import { Bookmark } from "../more-icons";
import type { History } from "./history";

export function NamedOnly({ history }: { history: History }) {
  const on = history.only.value === "named";
  return (
    <button type="button" class="btn small named-only" aria-pressed={on} onClick={() => history.filter(on ? "all" : "named")}>
      <Bookmark size="small" />
      Named only
    </button>
  );
}
