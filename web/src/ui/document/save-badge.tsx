/** The save state beside the title, at every width. Pressed, it says what is safe and what to do; never by itself. */
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import type { Saved, Status } from "../../session/session";
import { Check } from "../action-icons";
import { CloudOff, Dots, type Icon, Warning } from "../icons";
import { type SaveState, saveState } from "./save-state";

export interface SaveBadgeProps {
  saved: Saved;
  status: Status;
  /** Why nothing is kept on this device; null: it is. */
  unkept: string | null;
  onRetry(): void;
  onCopy(): void;
  onDownload(): void;
  /** Lets go of edits on this device that the server will not take. */
  onDiscard(): void;
}

const icons: Record<SaveState["tone"], Icon> = { ok: Check, plain: Dots, warn: CloudOff, bad: Warning };

/** What is saved within so long after a key is called so once no key has followed for that long. */
export const settleMs = 400;

export function SaveBadge(props: SaveBadgeProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const state = saveState(useSettled(props.saved), props.status, props.unkept);
  const Shape = icons[state.tone];

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);

  return (
    <span
      class="save-root"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        setOpen(false);
        root.current?.querySelector("button")?.focus();
      }}
    >
      <button type="button" class={`save ${state.tone}`} aria-expanded={open} onClick={() => setOpen(!open)}>
        <Shape size="small" />
        <span>{state.label}</span>
      </button>
      <Announced state={state} />
      {open && <Explained state={state} icon={Shape} {...props} />}
    </span>
  );
}

/** While one types it stays at Saving: Saved and Saving by turns at every key is unrest, and two more changes to draw. */
function useSettled(saved: Saved): Saved {
  const [, again] = useReducer((turn: number) => turn + 1, 0);
  const shown = useRef(saved);
  const early = shown.current.kind === "saving" && saved.kind === "saved";
  if (!early) shown.current = saved;
  useEffect(() => {
    if (!early) return;
    const timer = setTimeout(() => {
      shown.current = saved;
      again(0);
    }, settleMs);
    return () => clearTimeout(timer);
  }, [early, saved]);
  return shown.current;
}

/** Said aloud only when it turns to trouble or back: not at every keystroke. Of the connection together/presence.ts tells. */
function Announced({ state }: { state: SaveState }) {
  const trouble = state.tone === "bad";
  const wasTrouble = useRef(false);
  const said = trouble ? state.label : wasTrouble.current && state.tone === "ok" ? "Saved" : "";
  useEffect(() => {
    if (trouble) wasTrouble.current = true;
  }, [trouble]);
  return (
    <span class="sr" role="status">
      {said}
    </span>
  );
}

function Explained({
  state,
  icon: Shape,
  saved,
  status,
  onRetry,
  onCopy,
  onDownload,
  onDiscard,
}: SaveBadgeProps & { state: SaveState; icon: Icon }) {
  return (
    <div class={`pop ${state.tone}`} role="region" aria-label={state.title}>
      <h2>
        <Shape />
        {state.title}
      </h2>
      <dl>
        <dt>Safe</dt>
        <dd>{state.safe}</dd>
        <dt>What to do</dt>
        <dd>{state.todo}</dd>
      </dl>
      <div class="pop-acts">
        {status.kind === "refused" && (
          <button type="button" class="btn text" onClick={() => location.reload()}>
            Reload
          </button>
        )}
        {saved.kind === "offline" && (
          <button type="button" class="btn text" onClick={onRetry}>
            Try now
          </button>
        )}
        {saved.kind === "unsaved" && (
          <button type="button" class="btn text" onClick={onCopy}>
            Copy the text
          </button>
        )}
        <button type="button" class="btn quiet" onClick={onDownload}>
          Download .md
        </button>
        {isStuck(saved, status) && (
          <button type="button" class="btn quiet" onClick={onDiscard}>
            Discard
          </button>
        )}
      </div>
    </div>
  );
}

/** On this device, and sent again by every page, though the server will not take them: only letting go of them helps. */
function isStuck(saved: Saved, status: Status): boolean {
  if (saved.kind !== "unsaved" || saved.place !== "device" || saved.n === 0) return false;
  return saved.access === true || saved.lasting === true || status.kind === "refused";
}
