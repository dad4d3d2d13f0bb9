/** Who you are here: your name, the theme, the keys, and the way out. */
import { useState } from "preact/hooks";
import type { Me } from "../../session/api";
import { Face } from "../face";
import { Key, Keyboard, Pencil, Phone, SignOut, Sliders } from "../icons";
import { installGalley, offer } from "../install-offer";
import { lazily } from "../lazy";
import { Menu, type MenuEntry } from "../menu";

const NameDialog = lazily(() => import("../name-dialog").then((module) => module.NameDialog));

export interface AccountMenuProps {
  me: Me;
  onSignOut(): void;
  onRename(display: string): void;
  /** Where the page has keys of its own. */
  onHelp?(): void;
  /** Bringing in and taking away, where the page has documents. */
  inOut?: readonly MenuEntry[];
}

export function AccountMenu({ me, onSignOut, onRename, onHelp, inOut = [] }: AccountMenuProps) {
  const [naming, setNaming] = useState(false);
  if (me.kind === "nobody") return null;

  const entries: MenuEntry[] = [];
  if (me.kind === "account") entries.push({ kind: "action", label: "Settings", icon: Sliders, run: () => go("/settings") });
  if (me.kind === "account" && me.admin)
    entries.push({ kind: "action", label: "Administration", icon: Key, run: () => go("/admin") });
  entries.push({ kind: "action", label: "Change your name", icon: Pencil, run: () => setNaming(true) });
  if (me.kind === "account" && inOut.length > 0) entries.push({ kind: "rule" }, ...inOut, { kind: "rule" });
  if (offer.value) entries.push({ kind: "action", label: "Install Galley", icon: Phone, run: installGalley });
  if (onHelp) entries.push({ kind: "action", label: "Keyboard", icon: Keyboard, run: onHelp, keys: "?" });
  entries.push({ kind: "theme" });
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

const go = (path: string) => location.assign(path);

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
