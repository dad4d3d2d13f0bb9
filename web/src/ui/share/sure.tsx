/** Asked in its place before access is taken or given away: what follows from it, and the way back. */
import { useLayoutEffect, useRef } from "preact/hooks";

export interface SureProps {
  sentence: string;
  /** The last one is what was asked for. */
  answers: readonly { label: string; run(): void }[];
  /** What changing one's mind is called. */
  keep: string;
  onKeep(): void;
}

export function Sure({ sentence, answers, keep, onKeep }: SureProps) {
  const root = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);

  useLayoutEffect(() => {
    before.current = document.activeElement;
    root.current?.querySelector<HTMLElement>("button:last-of-type")?.focus();
  }, []);

  const back = () => {
    onKeep();
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    // Only this question is answered; the dialog around it stays.
    event.preventDefault();
    event.stopPropagation();
    back();
  };

  return (
    <div ref={root} class="linkrow-ask" role="alert" onKeyDown={onKeyDown}>
      <span>{sentence}</span>
      <button type="button" class="btn small keep" onClick={back}>
        {keep}
      </button>
      {answers.map(({ label, run }, at) => (
        <button
          key={label}
          type="button"
          class={at === answers.length - 1 ? "btn small" : "btn small keep"}
          onClick={run}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
