/** A name being changed in its own place: Enter and leaving keep it, Esc does not. */
import { useLayoutEffect, useRef } from "preact/hooks";

export interface InlineNameProps {
  label: string;
  value: string;
  placeholder: string;
  /** Characters at most. */
  max: number;
  onDone(value: string | null): void;
}

export function InlineName({ label, value, placeholder, max, onDone }: InlineNameProps) {
  const input = useRef<HTMLInputElement>(null);
  const settled = useRef(false);

  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);

  const settle = (next: string | null) => {
    if (settled.current) return;
    settled.current = true;
    onDone(next?.trim() || null);
  };

  return (
    <input
      ref={input}
      class="field rename"
      aria-label={label}
      value={value}
      placeholder={placeholder}
      maxLength={max}
      onBlur={(event) => settle(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.preventDefault();
        settle(event.key === "Enter" ? event.currentTarget.value : null);
      }}
    />
  );
}
