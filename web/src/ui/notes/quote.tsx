/** The passage a note is about, as a reader saw it. */
import { plainQuote } from "./plain-quote";

export interface QuoteProps {
  source: string;
  /** Its text is not there any more. */
  gone?: boolean;
  /** Opens the thread; without it the words are only shown. */
  onOpen?(): void;
}

export function Quote({ source, gone = false, onOpen }: QuoteProps) {
  const words = plainQuote(source);
  const shown = <span dir="auto">{gone ? <s>{words}</s> : words}</span>;
  if (!onOpen) return <blockquote class="q">{shown}</blockquote>;
  return (
    <button type="button" class="q" aria-expanded={false} onClick={onOpen}>
      {shown}
    </button>
  );
}
