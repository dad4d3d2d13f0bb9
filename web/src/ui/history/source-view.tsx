/** The source of a version, line by line; long stretches without changes are folded until they are pressed. */
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Unfold } from "../icons";
import { count } from "../time";
import { type Changes, changesIn, revealFirst } from "./changes";
import type { Shown } from "./history";
import { compareSources, type Part, type Piece, type Row } from "./hunks";
import { sourcePassage } from "./source-passage";

export function SourceView({ shown, changes }: { shown: Extract<Shown, { kind: "text" }>; changes: Changes }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<Part>>(new Set());
  const { old, text, owner } = shown;
  const { parts } = useMemo(() => compareSources(old, text, owner), [old, text, owner]);

  useLayoutEffect(() => {
    const [outer, inner] = [scroller.current, rows.current];
    if (!outer || !inner) return;
    const surface = { scroller: outer, changes: changesIn(inner), passage: (range: Range) => sourcePassage(inner, range) };
    changes.show(surface);
    revealFirst(surface);
  }, [parts]);
  useLayoutEffect(() => {
    const outer = scroller.current;
    return () => changes.hide(outer);
  }, []);

  return (
    <div class="past-scroll past-source" ref={scroller} tabIndex={0} role="region" aria-label="Source of this version">
      <div class="rows" ref={rows}>
        {text === "" && (old ?? "") === "" && <p class="past-empty">Nothing was written yet.</p>}
        {parts.map((part, at) => (
          <PartRows key={at} part={part} open={opened.has(part)} onOpen={() => setOpened(new Set([...opened, part]))} />
        ))}
      </div>
    </div>
  );
}

function PartRows({ part, open, onOpen }: { part: Part; open: boolean; onOpen(): void }) {
  if (part.kind === "fold" && !open)
    return (
      <button type="button" class="fold" onClick={onOpen}>
        <Unfold size="small" />
        {count(part.rows.length, "line")} unchanged
      </button>
    );
  return (
    <>
      {part.rows.map((row, at) => (
        <RowLine key={at} row={row} />
      ))}
    </>
  );
}

const signs = { same: "", mixed: "", added: "+", removed: "−" } as const;

function RowLine({ row }: { row: Row }) {
  const { kind, number, pieces, broken } = row;
  return (
    <div class={`row ${kind}`}>
      <span class="row-number" aria-hidden="true" data-number={number !== null && (number % 5 === 0 || kind !== "same") ? number : ""} />
      <span class="row-sign" aria-hidden="true" data-sign={signs[kind]} />
      <span class={broken ? `row-text broken ${broken}` : "row-text"}>
        {pieces.map((piece, at) => (
          <PieceText key={at} piece={piece} />
        ))}
      </span>
    </div>
  );
}

function PieceText({ piece: { kind, text, at } }: { piece: Piece }) {
  const place = at ?? undefined;
  if (kind === "same") return <span data-at={place}>{text}</span>;
  if (kind === "added")
    return (
      <ins data-mark={kind} data-at={place}>
        {text}
      </ins>
    );
  return (
    <del data-mark={kind} data-at={place}>
      {text}
    </del>
  );
}
