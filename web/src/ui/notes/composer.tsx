/** Where words are written: grows with them, completes names after "@", posts with Mod-Enter, is left with Esc. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Known } from "../../session/people";
import { matches } from "../chord";
import { type Asking, askingAt, candidates, completed } from "./mention";
import { MentionList } from "./mention-list";

export interface ComposerProps {
  label: string;
  placeholder: string;
  value: string;
  people: readonly Known[];
  /** Being posted: nothing can be changed. */
  busy: boolean;
  /** Takes the focus when it appears, with the caret at the end. */
  focus?: boolean;
  rows?: number;
  onInput(value: string): void;
  onPost(): void;
  onLeave(): void;
}

/** The server's limit. */
const bodyChars = 10_000;
let ids = 0;

export function Composer({ label, placeholder, value, people, busy, focus = false, rows = 1, ...on }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const [list] = useState(() => `names-${++ids}`);
  const [asking, setAsking] = useState<Asking | null>(null);
  const [chosen, setChosen] = useState(0);
  const found = asking ? candidates(people, asking.query) : [];
  const at = Math.min(chosen, found.length - 1);
  useLayoutEffect(() => grow(field.current), [value]);
  useLayoutEffect(() => {
    if (focus) toEnd(field.current);
  }, [focus]);

  const look = (element: HTMLTextAreaElement) => {
    const next = element.selectionStart === element.selectionEnd ? askingAt(element.value, element.selectionStart) : null;
    if (next?.query !== asking?.query) setChosen(0);
    setAsking(next);
  };
  const choose = (person: Known | undefined) => {
    if (!asking || !person?.name || !field.current) return;
    const { text, caret } = completed(field.current.value, asking, person.name);
    field.current.value = text;
    field.current.setSelectionRange(caret, caret);
    field.current.focus();
    setAsking(null);
    on.onInput(text);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (matches(event, "Mod-Enter")) on.onPost();
    else if (found.length > 0 && by) setChosen((at + by + found.length) % found.length);
    else if (found.length > 0 && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) choose(found[at]);
    else if (event.key === "Escape" && found.length > 0) setAsking(null);
    else if (event.key === "Escape") on.onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="composer">
      <textarea
        ref={field}
        class="field"
        dir="auto"
        rows={rows}
        maxLength={bodyChars}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        readOnly={busy}
        aria-autocomplete="list"
        aria-controls={found.length > 0 ? list : undefined}
        aria-activedescendant={found.length > 0 ? `${list}-${at}` : undefined}
        onInput={(event) => (on.onInput(event.currentTarget.value), look(event.currentTarget))}
        onSelect={(event) => look(event.currentTarget)}
        onBlur={() => setAsking(null)}
        onKeyDown={keys}
      />
      {found.length > 0 && <MentionList id={list} people={found} chosen={at} onChoose={choose} />}
    </div>
  );
}

/** Where the browser does not size a field by its words. */
function grow(field: HTMLTextAreaElement | null): void {
  if (!field || CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function toEnd(field: HTMLTextAreaElement | null): void {
  field?.focus({ preventScroll: true });
  field?.setSelectionRange(field.value.length, field.value.length);
}
