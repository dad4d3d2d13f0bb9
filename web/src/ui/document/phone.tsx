/** On a phone, under the text: the one large switch between reading and writing, and the notes. */
import { Pencil } from "../action-icons";
import { Note } from "../icons";
import { Book } from "../more-icons";
import type { Desk } from "./desk";

export function PhoneFoot({ desk }: { desk: Desk }) {
  return (
    <div class="phone-foot">
      {desk.writes.value && <Switch desk={desk} />}
      <NotesCount desk={desk} />
    </div>
  );
}

function Switch({ desk }: { desk: Desk }) {
  const editing = desk.view.value === "edit";
  return (
    <div class="phone-switch" role="group" aria-label="View">
      <button type="button" aria-pressed={editing} onClick={() => desk.show("edit")}>
        <Pencil />
        Edit
      </button>
      <button type="button" aria-pressed={!editing} onClick={() => desk.show("view")}>
        <Book />
        Read
      </button>
    </div>
  );
}

/** Opens all notes. */
function NotesCount({ desk }: { desk: Desk }) {
  const { board } = desk.notes;
  const { open, detached } = board.counts.value;
  const count = open + detached;
  if (count === 0 && !board.writes.value) return null;
  const show = () => {
    board.activate(null);
    board.shown.value = true;
  };
  return (
    <button type="button" class="notes-count" aria-label={`Notes, ${count} open`} aria-haspopup="dialog" onClick={show}>
      <Note size="large" />
      {count > 0 && count}
    </button>
  );
}
