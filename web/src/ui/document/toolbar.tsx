/**
 * The formatting buttons, above the source and, on a phone, on the keyboard. Each toggles: pressed again it takes its
 * marks away. They never take the focus from the text.
 */
import { commands, type CommandName } from "../../editor/commands";
import type { EditorHandle } from "../../editor/editor";
import type { Desk } from "./desk";
import { keycaps } from "../chord";
import { NotePlus } from "../icons";
import { commandIcons, toolbarOrder } from "./command-icons";
import { keys } from "./more";
import { PictureMenu } from "./picture-menu";

export interface ToolbarProps {
  desk: Desk;
  editor: EditorHandle;
  class: "toolbar" | "dock";
  /** A note about what is selected. */
  onNote(): void;
}

/** Commands that only act: there is nothing to take away when they are pressed again. */
const acts: ReadonlySet<CommandName> = new Set(["image", "table", "undo", "redo", "indent", "outdent"]);

export function Toolbar({ desk, editor, class: name, onNote }: ToolbarProps) {
  const active = editor.active.value;
  return (
    <div
      class={name}
      role="toolbar"
      aria-label="Formatting"
      onPointerDown={(event) => event.preventDefault()}
      onKeyDown={move}
    >
      {toolbarOrder(name).map((entry, index) => {
        if (entry === "gap") return name === "dock" ? null : <span key={index} class="sep" />;
        const command = commands.find((it) => it.name === entry);
        const Shape = commandIcons[entry];
        if (!command) return null;
        if (entry === "image" && name === "toolbar") return <PictureMenu key={entry} desk={desk} />;
        return (
          <button
            key={entry}
            type="button"
            class="icon"
            tabIndex={index === 0 ? 0 : -1}
            aria-label={command.label}
            aria-pressed={acts.has(entry) ? undefined : active.has(entry)}
            title={hint(command.label, command.key)}
            onClick={() => (entry === "image" ? desk.open({ kind: "picture" }) : press(editor, command.name))}
          >
            <Shape {...(name === "dock" ? { size: "large" as const } : {})} />
          </button>
        );
      })}
      <span class="sep" />
      <button
        type="button"
        class="icon toolbar-note"
        tabIndex={-1}
        aria-label="Add a note"
        title={hint("Add a note", keys.note)}
        onClick={onNote}
      >
        <NotePlus {...(name === "dock" ? { size: "large" as const } : {})} />
      </button>
    </div>
  );
}

function press(editor: EditorHandle, name: CommandName): void {
  editor.run(name);
  editor.focus();
}

function hint(label: string, key: string | undefined): string {
  return key ? `${label} (${keycaps(key).join(" ")})` : label;
}

/** One stop for Tab; the arrows move inside. */
function move(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by || event.defaultPrevented) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("button:not([role])")];
  all.at((all.indexOf(document.activeElement as HTMLElement) + by) % all.length)?.focus();
}
