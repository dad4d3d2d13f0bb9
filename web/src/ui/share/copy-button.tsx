/** Copies an address, and says for a moment that it did. */
import { useEffect, useState } from "preact/hooks";
import { copy } from "../copy";
import { Check, Copy } from "../action-icons";

export function CopyButton({ label = "Copy", url }: { label?: string; url: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 4_000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <button
      type="button"
      class={copied ? "btn line small done" : "btn line small"}
      aria-live="polite"
      onClick={async () => setCopied(await copy(url))}
    >
      {copied ? <Check size="small" /> : <Copy size="small" />}
      {copied ? "Copied" : label}
    </button>
  );
}
