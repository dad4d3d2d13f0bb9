/** Another owner for a document. Enter and the button hand it over; leaving the field does not. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Trouble } from "../section";

export interface HandOverProps {
  /** The sentence why not, or null. */
  onHandOver(name: string): Promise<string | null>;
  onClose(): void;
}

export function HandOver({ onHandOver, onClose }: HandOverProps) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);

  const submit = async (event: Event) => {
    event.preventDefault();
    const refused = await onHandOver(name.trim());
    setProblem(refused);
    if (refused === null) onClose();
  };

  return (
    <>
      <form
        class="desk-form"
        onSubmit={(event) => void submit(event)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onClose();
        }}
      >
        <input
          ref={field}
          class="field"
          aria-label="Account name of the new owner"
          placeholder="Account name"
          autoCapitalize="none"
          autoComplete="off"
          spellcheck={false}
          maxLength={32}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button class="btn line" disabled={name.trim() === ""}>
          Hand over
        </button>
        <button type="button" class="btn quiet" onClick={onClose}>
          Cancel
        </button>
      </form>
      <Trouble sentence={problem} />
    </>
  );
}
