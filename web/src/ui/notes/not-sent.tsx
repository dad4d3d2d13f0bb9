/** Says, where something was written, that it waits to be sent, or that the server refused it and what one can do. */
import { copy } from "../copy";
import { Warning } from "../icons";
import { Clock } from "../more-icons";
import { toast } from "../toasts";
import type { Board } from "./board";
import { notDone, type RefusedWait, wordsOf } from "./unsent";

/** `at`: the note or reply it is about. */
export function Unsent({ board, at }: { board: Board; at: string }) {
  const wait = board.unsent.waits.value.get(at);
  if (!wait) return null;
  if (wait.kind === "refused") return <Refused board={board} wait={wait} />;
  return (
    <p class="unsent">
      <Clock size="small" />
      Waiting to be sent
    </p>
  );
}

/** What was refused and has no place any more: what it answers was deleted. */
export function NotSent({ board }: { board: Board }) {
  const lost = board.lost.value;
  if (lost.length === 0) return null;
  return (
    <section class="tray not-sent" aria-label="Not sent">
      {lost.map((wait) => (
        <article class="note" key={wait.id}>
          <p class="tray-head">
            <Warning size="small" />
            <span>{wordsOf(wait) === null ? "Something you did was not sent" : "Something you wrote was not sent"}</span>
          </p>
          {wordsOf(wait) !== null && (
            <p class="say" dir="auto">
              {wordsOf(wait)}
            </p>
          )}
          <Refused board={board} wait={wait} />
        </article>
      ))}
    </section>
  );
}

function Refused({ board, wait }: { board: Board; wait: RefusedWait }) {
  const words = wordsOf(wait);
  const onCopy = async () => toast((await copy(words ?? "")) ? "Your words are on the clipboard." : "The browser did not allow copying.");
  return (
    <div class="refused" role="group" aria-label={notDone(wait)}>
      <p class="problem" role="alert">
        {notDone(wait)} {wait.sentence}
      </p>
      <div class="foot">
        <button type="button" class="btn text small" onClick={() => board.unsent.again(wait.id)}>
          Try again
        </button>
        {words !== null && (
          <button type="button" class="btn quiet small" onClick={() => void onCopy()}>
            Copy
          </button>
        )}
        <button type="button" class="btn quiet small" onClick={() => board.discardUnsent(wait)}>
          Discard
        </button>
      </div>
    </div>
  );
}
