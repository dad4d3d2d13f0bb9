/** Something that is shown once and handed on: an address, a token. */
import { useState } from "preact/hooks";
import { copy } from "./copy";
import { Check, Copy } from "./action-icons";

export interface SecretProps {
  label: string;
  value: string;
  /** What to know before it is gone. */
  note: string;
  onDone?(): void;
}

export function Secret({ label, value, note, onDone }: SecretProps) {
  const [copied, setCopied] = useState(false);
  return (
    <div class="secret" role="group" aria-label={label}>
      <code tabIndex={0}>{value}</code>
      <div class="secret-acts">
        <p class="meta">{note}</p>
        <button
          type="button"
          class={copied ? "btn line small done" : "btn line small"}
          aria-live="polite"
          onClick={async () => setCopied(await copy(value))}
        >
          {copied ? <Check size="small" /> : <Copy size="small" />}
          {copied ? "Copied" : "Copy"}
        </button>
        {onDone && (
          <button type="button" class="btn small quiet" onClick={onDone}>
            Done
          </button>
        )}
      </div>
    </div>
  );
}
