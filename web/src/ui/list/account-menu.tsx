/** Who you are here: your name, the theme, the keys, and the way out. */
import { useState } from "preact/hooks";
import type { Me } from "../../session/api";
import { Face } from "../face";
import { Keyboard, Pencil, SignOut } from "../icons";
import { Menu, type MenuEntry } from "../menu";
import { NameDialog } from "../name-dialog";

export interface AccountMenuProps {
  me: Me;
  onSignOut(): void;
  onRename(display: string): void;
  onHelp(): void;
}

export function AccountMenu({ me, onSignOut, onRename, onHelp }: AccountMenuProps) {
  const [naming, setNaming] = useState(false);
  if (me.kind === "nobody") return null;

  const entries: MenuEntry[] = [
    { kind: "action", label: "Change your name", icon: Pencil, run: () => setNaming(true) },
    { kind: "action", label: "Keyboard", icon: Keyboard, run: onHelp, keys: "?" },
    { kind: "theme" },
  ];
  if (me.kind === "account")
    entries.push({ kind: "rule" }, { kind: "action", label: "Sign out", icon: SignOut, run: onSignOut });

  const face = <Face name={me.display} peer={me.peer} guest={me.kind === "guest"} />;
  return (
    <>
      <Menu label="Your account" class="face-button" button={face} head={<Head me={me} />} entries={entries} />
      {naming && <NameDialog value={me.display} onDone={onRename} onClose={() => setNaming(false)} />}
    </>
  );
}

function Head({ me }: { me: Exclude<Me, { kind: "nobody" }> }) {
  return (
    <div class="menu-who">
      <div>
        <b>{me.display}</b>
        <span class="meta">{me.kind === "guest" ? "guest" : me.name}</span>
      </div>
    </div>
  );
}
