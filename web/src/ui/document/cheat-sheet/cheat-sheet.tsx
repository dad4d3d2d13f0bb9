/** Everything the text may hold: how it is written, what becomes of it, and a press to have it where the caret is. */
import { Fragment } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Examples, renderExamples } from "../../../preview/examples";
import { keepAlive } from "../../../preview/live";
import { Search } from "../../icons";
import type { Desk } from "../desk";
import { type Construct, insertion, matching } from "./constructs";

export function CheatSheet({ desk }: { desk: Desk }) {
  const [query, setQuery] = useState("");
  const examples = useMemo(renderExamples, []);
  useEffect(() => examples.stop, []);
  const found = matching(query);
  const writes = desk.writable.value && desk.editor.value !== null;
  return (
    <>
      <label class="cheat-query">
        <Search />
        <input
          data-autofocus
          type="search"
          aria-label="Search the cheat sheet"
          placeholder="Search: table, formula, footnote"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </label>
      <div class="cheat-list" role="region" aria-label="Examples" tabIndex={0}>
        {found.length === 0 && <p class="cheat-none">Nothing here is called “{query.trim()}”.</p>}
        {found.map((construct, index) => (
          <Fragment key={construct.name}>
            {construct.group !== found[index - 1]?.group && <h3>{construct.group}</h3>}
            <Row construct={construct} examples={examples} onInsert={writes ? () => insert(desk, construct) : null} />
          </Fragment>
        ))}
      </div>
    </>
  );
}

interface RowProps {
  construct: Construct;
  examples: Examples;
  /** Null for readers. */
  onInsert: (() => void) | null;
}

function Row({ construct, examples, onInsert }: RowProps) {
  const { name, source, says } = construct;
  return (
    <div class="cheat-row" role="group" aria-label={name}>
      <div class="cheat-name">
        <h4>{name}</h4>
        {onInsert && (
          <button type="button" class="btn small text" aria-label={`Insert: ${name}`} onClick={onInsert}>
            Insert
          </button>
        )}
      </div>
      <pre class="cheat-source">{source}</pre>
      {says ? <p class="cheat-says">{says}</p> : <Rendering source={source} examples={examples} />}
    </div>
  );
}

function Rendering({ source, examples }: { source: string; examples: Examples }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const live = keepAlive(element);
    void examples.render(source).then((blocks) => {
      if (!blocks) return;
      element.replaceChildren(...blocks.map(asExample));
      live.settle([...element.children], []);
    });
    return live.destroy;
  }, []);
  return <div class="prose cheat-shown" ref={place} />;
}

/** It is no part of the document: nothing in it is an address, and its headings head nothing. */
function asExample(block: HTMLElement): HTMLElement {
  for (const named of block.querySelectorAll("[id]")) named.removeAttribute("id");
  for (const link of block.querySelectorAll("a[href^='#']")) link.removeAttribute("href");
  for (const landmark of block.querySelectorAll("section, nav")) {
    landmark.removeAttribute("aria-label");
    landmark.setAttribute("role", "none");
  }
  for (const heading of block.querySelectorAll("h1, h2, h3")) heading.setAttribute("role", "none");
  return block;
}

function insert(desk: Desk, construct: Construct): void {
  const view = desk.editor.peek()?.view;
  if (!view) return;
  const { main } = view.state.selection;
  const line = view.state.doc.lineAt(main.from);
  const words = insertion(construct, line.text.slice(0, main.from - line.from), line.text.slice(main.to - line.from));
  view.dispatch(view.state.replaceSelection(words), { scrollIntoView: true });
  desk.close();
  if (desk.shown.peek() === "view") desk.show(desk.phone.peek() ? "edit" : "both");
  queueMicrotask(() => desk.editor.peek()?.focus());
}
