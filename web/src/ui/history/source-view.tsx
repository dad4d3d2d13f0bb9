/** The source of a version, line by line; long stretches without changes are folded until they are pressed. */
import { Component } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Unfold } from "../more-icons";
import { count } from "../time";
import { type Changes, changesIn, revealFirst, type Selected } from "./changes";
import type { Shown } from "./history";
import { compareSources, type Part, type Piece, type Row } from "./hunks";
import { sourcePassage } from "./source-passage";

/** So many rows are laid out together, and only when they come near what is seen. */
const TOGETHER = 50;
/** So many of those are made in one turn, so that the page stays awake. */
const TURN = 3;

type Item = { kind: "fold"; part: Part } | { kind: "rows"; rows: readonly Row[] };

export function SourceView({ shown, changes }: { shown: Extract<Shown, { kind: "text" }>; changes: Changes }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<Part>>(new Set());
  const { old, text, owner } = shown;
  const { parts } = useMemo(() => compareSources(old, text, owner), [old, text, owner]);
  const items = useMemo(() => parts.flatMap((part) => itemsOf(part, opened)), [parts, opened]);
  const made = useGradually(items, parts);

  useLayoutEffect(() => {
    const [outer, inner] = [scroller.current, rows.current];
    if (!outer || !inner) return;
    const surface = { scroller: outer, changes: changesIn(inner), passage: (range: Range) => selectedIn(inner, range) };
    if (made === items.length) changes.show(surface, shown);
    revealFirst(surface);
  }, [parts, made === items.length]);
  useLayoutEffect(() => {
    const outer = scroller.current;
    return () => changes.hide(outer);
  }, []);

  return (
    <div class="past-scroll past-source" ref={scroller} tabIndex={0} role="region" aria-label="Source of this version">
      <div class="rows" ref={rows}>
        {text === "" && (old ?? "") === "" && <p class="past-empty">Nothing was written yet.</p>}
        {items.slice(0, made).map((item, at) =>
          item.kind === "rows" ? (
            <Rows key={at} rows={item.rows} />
          ) : (
            <Fold key={at} lines={item.part.rows.length} onOpen={() => setOpened(new Set([...opened, item.part]))} />
          ),
        )}
      </div>
    </div>
  );
}

function selectedIn(rows: Element, range: Range): Selected | null {
  const own = sourcePassage(rows, range, "at");
  const passage = own ?? sourcePassage(rows, range, "other");
  return passage && { of: own ? "version" : "other", passage };
}

function itemsOf(part: Part, opened: ReadonlySet<Part>): Item[] {
  if (part.kind === "fold" && !opened.has(part)) return [{ kind: "fold", part }];
  const count = Math.ceil(part.rows.length / TOGETHER);
  return Array.from({ length: count }, (_, at) => ({ kind: "rows", rows: part.rows.slice(at * TOGETHER, (at + 1) * TOGETHER) }));
}

/** How many of the items are made by now; of another text again only the first. */
function useGradually(items: readonly Item[], of: unknown): number {
  const [state, setState] = useState({ of, made: TURN });
  const made = Math.min(items.length, state.of === of ? state.made : TURN);
  useEffect(() => {
    if (made >= items.length) return;
    const timer = setTimeout(() => setState({ of, made: made + TURN }));
    return () => clearTimeout(timer);
  }, [made, items, of]);
  return made;
}

function Fold({ lines, onOpen }: { lines: number; onOpen(): void }) {
  return (
    <button type="button" class="fold" onClick={onOpen}>
      <Unfold size="small" />
      {count(lines, "line")} unchanged
    </button>
  );
}

/** Made once for the same rows. */
class Rows extends Component<{ rows: readonly Row[] }> {
  override shouldComponentUpdate({ rows }: { rows: readonly Row[] }): boolean {
    return rows !== this.props.rows;
  }

  override render() {
    return (
      <div class="row-group">
        {this.props.rows.map((row, at) => (
          <RowLine key={at} row={row} />
        ))}
      </div>
    );
  }
}

const signs = { same: "", mixed: "", added: "+", removed: "−" } as const;

function RowLine({ row }: { row: Row }) {
  const { kind, number, pieces, broken } = row;
  return (
    <div class={`row ${kind}`}>
      <span class="row-number" aria-hidden="true" data-number={number !== null && (number % 5 === 0 || kind !== "same") ? number : ""} />
      <span class="row-sign" aria-hidden="true" data-sign={signs[kind]} />
      <span class={broken ? `row-text broken ${broken}` : "row-text"} dir="auto">
        {pieces.map((piece, at) => (
          <PieceText key={at} piece={piece} />
        ))}
      </span>
    </div>
  );
}

function PieceText({ piece: { kind, text, at, other } }: { piece: Piece }) {
  const [place, elsewhere] = [at ?? undefined, other ?? undefined];
  if (kind === "same") return <span data-at={place}>{text}</span>;
  if (kind === "added")
    return (
      <ins data-mark={kind} data-at={place} data-other={elsewhere}>
        {text}
      </ins>
    );
  return (
    <del data-mark={kind} data-at={place} data-other={elsewhere}>
      {text}
    </del>
  );
}
