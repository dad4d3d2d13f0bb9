/** A text that only this device has: what of it was not sent, all of it, and the ways to take it along. */
import { useMemo, useState } from "preact/hooks";
import { copy } from "../copy";
import { download, fileName } from "../document/files";
import { Check, Copy } from "../action-icons";
import { type Passage, passages, plain } from "./passages";

export interface KeptTextProps {
  title: string;
  text: string;
  /** What the server had; null: none of it, so that all of it was not sent. */
  shared: string | null;
  /** "3 edits"; "" where nobody counted. */
  amount: string;
  /** It is on this device, and may go. */
  onDelete: (() => void) | null;
}

type Shown = "unsent" | "whole";

export function KeptText({ title, text, shared, amount, onDelete }: KeptTextProps) {
  const unsent = useMemo(() => (shared === null ? [] : passages(shared, text)), [shared, text]);
  const both = unsent.length > 0;
  const [chosen, setShown] = useState<Shown | null>(null);
  const shown = both ? (chosen ?? "unsent") : "whole";
  const [copied, setCopied] = useState<Shown | null>(null);
  const copyIt = async () => setCopied((await copy(shown === "unsent" ? plain(unsent) : text)) ? shown : null);
  return (
    <>
      <section class="stop-card kept" aria-label="What was not sent">
        <header>
          {both ? (
            <div class="tabs" role="group" aria-label="What is shown">
              <Tab label={amount ? `${amount} not sent` : "Not sent"} on={shown === "unsent"} onPress={() => setShown("unsent")} />
              <Tab label="Whole text" on={shown === "whole"} onPress={() => setShown("whole")} />
            </div>
          ) : (
            <h2>{amount ? `The text with your ${amount}` : "Your text"}</h2>
          )}
          <button type="button" class="btn primary" onClick={() => void copyIt()}>
            {copied === shown ? <Check /> : <Copy />}
            {copied === shown ? "Copied" : "Copy"}
          </button>
        </header>
        {shown === "unsent" ? (
          <div class="kept-passages">
            {unsent.map((passage, at) => (
              <Unsent key={at} passage={passage} />
            ))}
          </div>
        ) : (
          <pre tabIndex={0} aria-label="Your text">
            {text}
          </pre>
        )}
      </section>
      <p class="stop-acts kept-acts">
        <button type="button" class="btn quiet" onClick={() => download(fileName(title, "md"), "text/markdown", text)}>
          Download .md
        </button>
        {onDelete && <Delete onDelete={onDelete} />}
        <span class="meta">{onDelete ? "Kept on this device" : "Only in this page: copy before you close it"}</span>
      </p>
    </>
  );
}

function Tab({ label, on, onPress }: { label: string; on: boolean; onPress(): void }) {
  return (
    <button type="button" aria-pressed={on} onClick={onPress}>
      {label}
    </button>
  );
}

function Unsent({ passage: { after, parts } }: { passage: Passage }) {
  return (
    <div class="kept-passage">
      <p class="meta">{after ? `After “${after}”` : "At the beginning"}</p>
      <pre tabIndex={0}>
        {parts.map(({ kind, text }, at) =>
          kind === "same" ? text : kind === "added" ? <ins key={at}>{text}</ins> : <del key={at}>{text}</del>,
        )}
      </pre>
    </div>
  );
}

/** It takes two presses: there is no other copy. */
function Delete({ onDelete }: { onDelete(): void }) {
  const [sure, setSure] = useState(false);
  return (
    <button type="button" class="btn revoke" onClick={() => (sure ? onDelete() : setSure(true))} onBlur={() => setSure(false)}>
      {sure ? "Delete: nobody else has it" : "Delete from this device"}
    </button>
  );
}
