/** One line to let somebody in by account name; why it did not work is said under it. */
import { useState } from "preact/hooks";
import type { LinkRole } from "../../session/api";
import type { Access } from "./access";
import { RolePick } from "./role-pick";
import { Trouble } from "./trouble";

/** A keyboard that comes unasked hides the links. */
const touched = matchMedia("(pointer: coarse)").matches;

export function AddPeople({ access }: { access: Access }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<LinkRole>("edit");
  const [adding, setAdding] = useState(false);
  const failed = access.problem.value?.at === "add";
  const add = async (event: Event) => {
    event.preventDefault();
    const wanted = name.trim().replace(/^@/, "");
    if (!wanted || adding) return;
    setAdding(true);
    if (await access.add(wanted, role)) setName("");
    setAdding(false);
  };
  return (
    <form class="add-people" onSubmit={(event) => void add(event)}>
      <div class="add-field field">
        <input
          aria-label="Add people by account name"
          aria-invalid={failed}
          aria-describedby={failed ? "add-problem" : undefined}
          placeholder="Add people by account name"
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          enterKeyHint="done"
          maxLength={33}
          data-autofocus={!touched || undefined}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <RolePick label="What they may do" value={role} onPick={setRole} />
      </div>
      <button class="btn primary" disabled={adding}>
        Add
      </button>
      <Trouble id="add-problem" at="add" access={access} />
    </form>
  );
}
