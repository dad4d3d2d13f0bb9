/** On a phone: the one large switch between reading and writing, and the formatting bar on the keyboard. */
import { Book, Pencil } from "../icons";
import type { Desk } from "./desk";
import { Toolbar } from "./toolbar";

export function PhoneFoot({ desk }: { desk: Desk }) {
  if (!desk.writes.value) return null;
  const editing = desk.view.value === "edit";
  return (
    <div class="phone-foot">
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
    </div>
  );
}

export function Dock({ desk }: { desk: Desk }) {
  const editor = desk.editor.value;
  return editor && <Toolbar class="dock" editor={editor} />;
}
