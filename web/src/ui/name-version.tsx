/** Gives the text as it is now a name, under which it stays in the history for good. */
import { useState } from "preact/hooks";
import { Dialog } from "./dialog";
import { toast } from "./toasts";

export interface NameVersionProps {
  onName(name: string): Promise<unknown>;
  onClose(): void;
}

/** Characters; the server has the same limit. */
export const nameMax = 100;

type State = { kind: "writing" } | { kind: "naming" } | { kind: "failed"; sentence: string };

export function NameVersion({ onName, onClose }: NameVersionProps) {
  const [name, setName] = useState("");
  const [state, setState] = useState<State>({ kind: "writing" });

  const submit = async (event: Event) => {
    event.preventDefault();
    const wanted = name.trim();
    if (state.kind === "naming") return;
    if (!wanted) return setState({ kind: "failed", sentence: "A version needs a name, such as “Sent to the editor”." });
    setState({ kind: "naming" });
    try {
      await onName(wanted);
      onClose();
      toast(`Named “${wanted}”. You find it under History.`);
    } catch (error) {
      setState({ kind: "failed", sentence: error instanceof Error ? error.message : "That did not work. Try again." });
    }
  };

  return (
    <Dialog class="ask" label="Name this version" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <div class="ask-field">
          <label class="label" for="version-name">
            The text as it is now stays in its history under this name
          </label>
          <input
            class="field"
            id="version-name"
            data-autofocus
            autocomplete="off"
            placeholder="Sent to the editor"
            maxLength={nameMax}
            value={name}
            aria-invalid={state.kind === "failed"}
            aria-describedby={state.kind === "failed" ? "version-problem" : undefined}
            onInput={(event) => (setName(event.currentTarget.value), setState({ kind: "writing" }))}
          />
          {state.kind === "failed" && (
            <span class="problem" id="version-problem" role="alert">
              {state.sentence}
            </span>
          )}
        </div>
        <div class="dialog-foot">
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
          <button class="btn primary" disabled={state.kind === "naming"}>
            Name
          </button>
        </div>
      </form>
    </Dialog>
  );
}
