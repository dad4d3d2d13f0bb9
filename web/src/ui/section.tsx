/** One subject of a page of controls: its heading, what it is about, its list and what went wrong. */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
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

/** The list of a section: not known yet, empty, or its rows. What was refused in a long one is brought into view. */
export function Rows<T>({ of, none, row }: RowsProps<T>) {
  const items = of.items.value;
  const problem = of.problem.value;
  const foot = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (items && problem !== null) foot.current?.scrollIntoView({ block: "nearest" });
  }, [problem]);
  return (
    <>
      {items === null && problem === null && <p class="meta">Looking…</p>}
      {items?.length === 0 && <p class="meta">{none}</p>}
      {items && items.length > 0 && <ul class="desk-rows">{items.map(row)}</ul>}
      <div ref={foot}>
        <Trouble sentence={problem} />
      </div>
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

/** Something that cannot be taken back: pressed once it asks, pressed again it is done. Esc is Cancel. */
export function Twice({ label, act, sentence, onAct }: TwiceProps) {
  const [step, setStep] = useState<"rest" | "asking" | "cancelled">("rest");
  const next = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (step !== "rest") next.current?.focus();
  }, [step]);
  if (step !== "asking")
    return (
      <button ref={next} type="button" class="btn small revoke" onClick={() => setStep("asking")}>
        {label}
      </button>
    );
  return (
    <span
      class="twice"
      role="alert"
      onKeyDown={(event) => {
        if (event.key === "Escape") setStep("cancelled");
      }}
    >
      <span>{sentence}</span>
      <button type="button" class="btn small quiet" onClick={() => setStep("cancelled")}>
        Cancel
      </button>
      <button ref={next} type="button" class="btn small danger" onClick={() => (setStep("rest"), onAct())}>
        {act}
      </button>
    </span>
  );
}
