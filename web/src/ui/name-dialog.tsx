/** Changes the name that others see. */
import { useState } from "preact/hooks";
import { Dialog } from "./dialog";

export interface NameDialogProps {
  value: string;
  onDone(display: string): void;
  onClose(): void;
}

export function NameDialog({ value, onDone, onClose }: NameDialogProps) {
  const [name, setName] = useState(value);
  const submit = (event: Event) => {
    event.preventDefault();
    onClose();
    if (name.trim() && name.trim() !== value) onDone(name.trim());
  };
  return (
    <Dialog class="ask" label="Your name" onClose={onClose}>
      <form onSubmit={submit}>
        <p>
          <label class="label" for="display">
            As others see it
          </label>
          <input
            class="field"
            id="display"
            data-autofocus
            maxLength={40}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </p>
        <div class="dialog-foot">
          <button type="button" class="btn" onClick={onClose}>
            Cancel
          </button>
          <button class="btn primary">Change</button>
        </div>
      </form>
    </Dialog>
  );
}
