/** One field: an account name, what it may do, and Add. */
import { useState } from "preact/hooks";
import type { LinkRole } from "../../session/api";
import type { Access } from "./access";
import { RolePick } from "./role-pick";

export function AddPeople({ access }: { access: Access }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<LinkRole>("edit");
  const [adding, setAdding] = useState(false);
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
          placeholder="Add people by account name"
          autoComplete="off"
          autoCapitalize="none"
          spellcheck={false}
          maxLength={33}
          data-autofocus
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <RolePick label="What they may do" value={role} onPick={setRole} />
      </div>
      <button class="btn primary" disabled={adding}>
        Add
      </button>
    </form>
  );
}
