/** Short sentences about what has just happened, with Undo where it can be undone. Said to screen readers too. */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { Close } from "./icons";

interface Toast {
  id: number;
  sentence: string;
  action?: { label: string; run(): void };
}

const shown = signal<readonly Toast[]>([]);
const staysMs = 6_000;
let last = 0;

export function toast(sentence: string, action?: Toast["action"]): void {
  const next: Toast = action ? { id: ++last, sentence, action } : { id: ++last, sentence };
  shown.value = [...shown.value.slice(-2), next];
}

function dismiss(id: number): void {
  shown.value = shown.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status">
      {shown.value.map((toast) => (
        <Row key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function Row({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(toast.id), staysMs);
    return () => clearTimeout(timer);
  }, [held]);
  const { action } = toast;
  return (
    <div
      class="toast"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusIn={() => setHeld(true)}
      onFocusOut={() => setHeld(false)}
    >
      <p>{toast.sentence}</p>
      {action && (
        <button type="button" class="btn small" onClick={() => (dismiss(toast.id), action.run())}>
          {action.label}
        </button>
      )}
      <button type="button" class="btn small" aria-label="Dismiss" onClick={() => dismiss(toast.id)}>
        <Close size="small" />
      </button>
    </div>
  );
}
