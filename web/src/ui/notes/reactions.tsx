/** Reactions to a note or a reply: what was given, by whom, and a row to choose from. */
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Reply } from "../../session/notes";
import { Smile } from "../more-icons";
import type { Board } from "./board";

export const common = ["👍", "❤️", "🎉", "😄", "👀", "✅", "🤔"] as const;

export interface ReactionsProps {
  board: Board;
  note: string;
  said: Reply;
  /** The row to choose from is open. */
  choosing: boolean;
  onChosen(): void;
}

export function Reactions({ board, note, said, choosing, onChosen }: ReactionsProps) {
  const { directory } = board;
  const given = said.reactions.filter(({ by }) => by.length > 0);
  if (given.length === 0 && !choosing) return null;
  const react = (emoji: string) => (onChosen(), void board.react(note, said, emoji));
  const name = (author: string) => (directory.mine(author) ? "you" : directory.person(author).display);
  const disabled = !board.writes.value;
  return (
    <div class="reactions" role="group" aria-label="Reactions">
      {given.map(({ emoji, by }) => {
        const who = by.map(name).join(", ");
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={by.some(directory.mine)}
            aria-label={`${emoji}, ${by.length}: ${who}`}
            title={who}
            disabled={disabled}
            onClick={() => react(emoji)}
          >
            <span class="pill">
              <span class="emoji">{emoji}</span> {by.length}
            </span>
          </button>
        );
      })}
      {choosing && <Choices onChoose={react} onLeave={onChosen} />}
    </div>
  );
}

function Choices({ onChoose, onLeave }: { onChoose(emoji: string): void; onLeave(): void }) {
  const row = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => row.current?.querySelector("button")?.focus({ preventScroll: true }), []);
  const keys = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const all = [...event.currentTarget.querySelectorAll("button")];
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") onLeave();
    else if (by) all.at((all.indexOf(document.activeElement as HTMLButtonElement) + by) % all.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span ref={row} class="choices" role="group" aria-label="Choose a reaction" onKeyDown={keys}>
      {common.map((emoji) => (
        <button key={emoji} type="button" class="reaction" onClick={() => onChoose(emoji)}>
          <span class="pill emoji">{emoji}</span>
        </button>
      ))}
    </span>
  );
}

export function ReactButton({ name, open, onPress }: { name: string; open: boolean; onPress(): void }) {
  return (
    <button
      type="button"
      class="icon small quiet"
      aria-label={`React to ${name}`}
      title="React"
      aria-expanded={open}
      onClick={onPress}
    >
      <Smile />
    </button>
  );
}
