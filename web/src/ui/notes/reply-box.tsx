/** Answering a note. What was begun is kept until it is posted, on this device and when the page is closed. */
import { useState } from "preact/hooks";
import { keycaps } from "../chord";
import { replyAt } from "./acts";
import type { Board } from "./board";
import { Composer } from "./composer";
import { Trouble } from "./trouble";

export function ReplyBox({ board, note, onLeave }: { board: Board; note: string; onLeave(): void }) {
  const [body, setBody] = useState(() => board.drafts.reply(note));
  const busy = board.attempts.busy.value.has(replyAt(note));
  const write = (next: string) => {
    setBody(next);
    board.drafts.setReply(note, next);
  };
  const post = async () => {
    if (body.trim() === "" || busy) return;
    if (await board.reply(note, body)) write("");
  };
  return (
    <div class="reply">
      <Composer
        label="Reply"
        placeholder="Reply"
        value={body}
        people={board.others.value}
        busy={busy}
        onInput={write}
        onPost={() => void post()}
        onLeave={onLeave}
      />
      <button
        type="button"
        class="btn text small"
        disabled={body.trim() === "" || busy}
        title={`Post (${keycaps("Mod-Enter").join(" ")})`}
        onClick={() => void post()}
      >
        {busy ? "Posting…" : "Post"}
      </button>
      <Trouble board={board} at={replyAt(note)} onAgain={() => void post()} />
    </div>
  );
}
