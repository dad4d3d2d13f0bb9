/** The document was taken away while it was open. Text that never reached the server comes first, ready to be copied. */
import { useState } from "preact/hooks";
import { copy } from "../copy";
import { Check, Copy } from "../icons";
import { count } from "../time";
import type { Refusal } from "./refused";
import { Stop } from "./stop";

export interface NoAccessProps {
  title: string;
  refusal: Refusal;
  /** The text with the edits that were never sent, if there are any. */
  unsent: { text: string; edits: number } | null;
  onDownload(): void;
}

export function NoAccess({ title, refusal, unsent, onDownload }: NoAccessProps) {
  const sentence = unsent ? `${refusal.sentence} Your unsent edits are here: copy them.` : refusal.sentence;
  return (
    <Stop about={title} title={refusal.title} sentence={sentence}>
      {unsent && <Unsent {...unsent} />}
      <p class="stop-acts">
        <a class="btn line" href={refusal.door.href}>
          {refusal.door.label}
        </a>
        {unsent && (
          <button type="button" class="btn quiet" onClick={onDownload}>
            Download .md
          </button>
        )}
        {unsent && <span class="meta">Only in this page: copy before you close it</span>}
      </p>
    </Stop>
  );
}

function Unsent({ text, edits }: { text: string; edits: number }) {
  const [copied, setCopied] = useState(false);
  return (
    <section class="stop-card">
      <header>
        <h2>The text with your {count(edits, "unsent edit")}</h2>
        <button type="button" class="btn primary" onClick={async () => setCopied(await copy(text))}>
          {copied ? <Check /> : <Copy />}
          {copied ? "Copied" : "Copy it"}
        </button>
      </header>
      <pre tabIndex={0} aria-label="Your text">
        {text}
      </pre>
    </section>
  );
}
