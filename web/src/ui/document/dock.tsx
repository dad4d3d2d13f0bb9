/**
 * The formatting bar on a phone's keyboard. What formats scrolls sideways and fades where there is more; undo and what
 * puts the keyboard away stay under the thumb, and redo stands beside undo as soon as there is something to redo.
 */
import { useRef } from "preact/hooks";
import type { EditorHandle } from "../../editor/editor";
import { KeyboardHide, NotePlus } from "../more-icons";
import { phoneOrder } from "./command-icons";
import type { Desk } from "./desk";
import { useMore } from "./sideways";
import { CommandButton, keepsFocus, move } from "./toolbar";

export function Dock({ desk }: { desk: Desk }) {
  const editor = desk.editor.value;
  return editor && <DockBar desk={desk} editor={editor} />;
}

function DockBar({ desk, editor }: { desk: Desk; editor: EditorHandle }) {
  const row = useRef<HTMLDivElement>(null);
  const more = useMore(row);
  const picture = () => desk.open({ kind: "picture" });
  return (
    <div class="dock" role="toolbar" aria-label="Formatting" {...keepsFocus} onKeyDown={move}>
      <div class="dock-row" ref={row} data-more={more}>
        {phoneOrder.map((name, index) => (
          <CommandButton
            key={name}
            editor={editor}
            name={name}
            size="large"
            tabIndex={index === 0 ? 0 : -1}
            {...(name === "image" ? { run: picture } : {})}
          />
        ))}
        <button type="button" class="icon" tabIndex={-1} aria-label="Add a note" onClick={desk.notes.board.start}>
          <NotePlus size="large" />
        </button>
      </div>
      <div class="dock-end">
        {editor.redoable.value && <CommandButton editor={editor} name="redo" size="large" tabIndex={-1} />}
        <CommandButton editor={editor} name="undo" size="large" tabIndex={-1} />
        <button
          type="button"
          class="icon"
          tabIndex={-1}
          aria-label="Hide the keyboard"
          onClick={() => editor.view.contentDOM.blur()}
        >
          <KeyboardHide size="large" />
        </button>
      </div>
    </div>
  );
}
