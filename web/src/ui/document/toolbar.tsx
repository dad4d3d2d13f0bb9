/**
 * The formatting buttons above the source; `dock.tsx` has them on a phone's keyboard. Each toggles: pressed again it takes
 * its marks away. They never take the focus from the text.
 */
import { useRef } from "preact/hooks";
import { type CommandName, commands } from "../../editor/commands";
import type { EditorHandle } from "../../editor/editor";
import { keycaps } from "../chord";
import { NotePlus } from "../more-icons";
import { commandIcons, deskOrder } from "./command-icons";
import type { Desk } from "./desk";
import { keys } from "./more";
import { PictureMenu } from "./picture-menu";
import { useMore } from "./sideways";

export interface ToolbarProps {
  desk: Desk;
  editor: EditorHandle;
  /** A note about what is selected. */
  onNote(): void;
}

/** Commands that only act: there is nothing to take away when they are pressed again. */
const acts: ReadonlySet<CommandName> = new Set(["image", "table", "undo", "redo", "indent", "outdent"]);

/** Where there may be no keys to undo with. */
const touched = matchMedia("(pointer: coarse)").matches;

export function Toolbar({ desk, editor, onNote }: ToolbarProps) {
  const row = useRef<HTMLDivElement>(null);
  const more = useMore(row);
  return (
    <div class="toolbar" ref={row} data-more={more} role="toolbar" aria-label="Formatting" {...keepsFocus} onKeyDown={move}>
      {deskOrder.map((entry, index) => {
        if (entry === "gap") return <span key={index} class="sep" />;
        if (entry === "image") return <PictureMenu key={entry} desk={desk} />;
        return <CommandButton key={entry} editor={editor} name={entry} tabIndex={index === 0 ? 0 : -1} />;
      })}
      {touched && (
        <>
          <span class="sep" />
          <CommandButton editor={editor} name="undo" tabIndex={-1} />
          <CommandButton editor={editor} name="redo" tabIndex={-1} />
        </>
      )}
      <span class="sep" />
      <button
        type="button"
        class="icon toolbar-note"
        tabIndex={-1}
        aria-label="Add a note"
        title={hint("Add a note", keys.note)}
        onClick={onNote}
      >
        <NotePlus />
      </button>
    </div>
  );
}

export interface CommandButtonProps {
  editor: EditorHandle;
  name: CommandName;
  tabIndex: 0 | -1;
  size?: "large";
  /** In place of the command itself. */
  run?: () => void;
}

export function CommandButton({ editor, name, tabIndex, size, run }: CommandButtonProps) {
  const { label, key } = infoOf(name);
  const Shape = commandIcons[name];
  return (
    <button
      type="button"
      class="icon"
      tabIndex={tabIndex}
      aria-label={label}
      aria-pressed={acts.has(name) ? undefined : editor.active.value.has(name)}
      title={hint(label, key)}
      onClick={run ?? (() => press(editor, name))}
    >
      <Shape {...(size ? { size } : {})} />
    </button>
  );
}

/** Neither a touch nor a mouse takes the focus from the text; a finger still scrolls. */
export const keepsFocus = {
  onPointerDown: (event: Event) => event.preventDefault(),
  onMouseDown: (event: Event) => event.preventDefault(),
};

function infoOf(name: CommandName): { label: string; key?: string } {
  return commands.find((it) => it.name === name) ?? { label: name };
}

function press(editor: EditorHandle, name: CommandName): void {
  editor.run(name);
  editor.focus();
}

function hint(label: string, key: string | undefined): string {
  return key ? `${label} (${keycaps(key).join(" ")})` : label;
}

/** One stop for Tab; the arrows move inside. */
export function move(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.defaultPrevented) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("button:not([role])")];
  all.at((all.indexOf(document.activeElement as HTMLElement) + by) % all.length)?.focus();
}
