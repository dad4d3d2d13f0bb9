/** One subject of a page of controls: its heading, what it is about, its list and what went wrong. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Warning } from "./icons";
import type { Loaded } from "./loaded";

export interface SectionProps {
  title: string;
  about: ComponentChildren;
  children: ComponentChildren;
}

export function Section({ title, about, children }: SectionProps) {
  return (
    <section class="desk-section">
      <h2>{title}</h2>
      <div class="desk-body">
        <p class="desk-about">{about}</p>
        {children}
      </div>
    </section>
  );
}

export interface RowsProps<T> {
  of: Loaded<T>;
  none: string;
  row(item: T): ComponentChildren;
}

/** The list of a section: not known yet, empty, or its rows. */
export function Rows<T>({ of, none, row }: RowsProps<T>) {
  const items = of.items.value;
  return (
    <>
      {items === null && of.problem.value === null && <p class="meta">Looking…</p>}
      {items?.length === 0 && <p class="meta">{none}</p>}
      {items && items.length > 0 && <ul class="desk-rows">{items.map(row)}</ul>}
      <Trouble sentence={of.problem.value} />
    </>
  );
}

export function Trouble({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null;
  return (
    <p class="problem" role="alert">
      <Warning size="small" />
      <span>{sentence}</span>
    </p>
  );
}

export interface TwiceProps {
  label: string;
  /** On the button that does it. */
  act: string;
  sentence: string;
  onAct(): void;
}

/** Something that cannot be taken back: pressed once it asks, pressed again it is done. */
export function Twice({ label, act, sentence, onAct }: TwiceProps) {
  const [sure, setSure] = useState(false);
  if (!sure)
    return (
      <button type="button" class="btn small revoke" onClick={() => setSure(true)}>
        {label}
      </button>
    );
  return (
    <span class="twice" role="alert">
      <span>{sentence}</span>
      <button type="button" class="btn small quiet" onClick={() => setSure(false)}>
        Cancel
      </button>
      <button
        type="button"
        class="btn small danger"
        ref={(button) => button?.focus()}
        onClick={() => (setSure(false), onAct())}
      >
        {act}
      </button>
    </span>
  );
}
