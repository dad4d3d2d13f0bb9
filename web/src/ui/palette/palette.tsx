/** Every command and its key. Arrow keys choose, Enter runs, what was typed is set heavier. */
import { Fragment } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { type Icon, Search } from "../icons";
import { Keys } from "../keys";
import { type Command, type Hit, search } from "./match";

export interface PaletteCommand extends Command {
  icon?: Icon;
  run(): void;
}

export function Palette({ commands, onClose }: { commands: readonly PaletteCommand[]; onClose(): void }) {
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const hits = search(commands, query);
  const at = Math.min(chosen, hits.length - 1);

  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected='true']")?.scrollIntoView({ block: "nearest" });
  }, [at, query]);

  const run = (command: PaletteCommand) => {
    onClose();
    queueMicrotask(() => command.run());
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const hit = hits[at];
    if (step && hits.length > 0) setChosen((at + step + hits.length) % hits.length);
    else if (event.key === "Enter" && hit) run(hit.command);
    else return;
    event.preventDefault();
  };

  return (
    <Dialog class="palette" label="Commands" head={false} onClose={onClose}>
      <label class="palette-query">
        <Search size="large" />
        <input
          data-autofocus
          role="combobox"
          aria-label="Command"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={hits[at] && `command-${hits[at].command.id}`}
          autoComplete="off"
          spellcheck={false}
          placeholder="What do you want to do?"
          value={query}
          onInput={(event) => (setQuery(event.currentTarget.value), setChosen(0))}
          onKeyDown={onKeyDown}
        />
        <kbd>Esc</kbd>
      </label>
      <ul role="listbox" id="palette-list" aria-label="Commands" ref={list}>
        {hits.length === 0 && (
          <li class="palette-none" role="presentation">
            No command is called “{query.trim()}”.
          </li>
        )}
        {hits.map((hit, index) => (
          <Fragment key={hit.command.id}>
            {hit.command.group !== hits[index - 1]?.command.group && (
              <li class="palette-group" role="presentation">
                {hit.command.group}
              </li>
            )}
            <Row hit={hit} chosen={index === at} onHover={() => setChosen(index)} onRun={() => run(hit.command)} />
          </Fragment>
        ))}
      </ul>
    </Dialog>
  );
}

interface RowProps {
  hit: Hit<PaletteCommand>;
  chosen: boolean;
  onHover(): void;
  onRun(): void;
}

function Row({ hit: { command, ranges }, chosen, onHover, onRun }: RowProps) {
  const Shape = command.icon;
  return (
    <li role="option" id={`command-${command.id}`} aria-selected={chosen} onPointerMove={onHover} onClick={onRun}>
      {Shape ? <Shape /> : <span class="i" />}
      <span class="palette-label">{heavier(command.label, ranges)}</span>
      {command.keys && <Keys chord={command.keys} />}
    </li>
  );
}

function heavier(label: string, ranges: Hit<PaletteCommand>["ranges"]) {
  let at = 0;
  const parts = ranges.map(([from, to]) => {
    const before = label.slice(at, from);
    at = to;
    return [before, <b key={from}>{label.slice(from, to)}</b>];
  });
  return [parts, label.slice(at)];
}
