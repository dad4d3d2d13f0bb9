/** Who you are here: your name, the theme, the keys, and the way out. */
import type { Me } from "../../session/api";
import { Keyboard, Pencil, Phone, SignOut, Sliders } from "../action-icons";
import { Key } from "../icons";
import { installGalley, offer } from "../install-offer";
import { type MenuEntry, OpenMenu } from "../menu";
import type { MenuHold } from "../menu-button";
import { type InOut, inOutEntries } from "./import-menu";

type Somebody = Exclude<Me, { kind: "nobody" }>;

export interface AccountEntriesProps extends MenuHold {
  me: Somebody;
  onSignOut(): void;
  onNaming(): void;
  onHelp?(): void;
  inOut?: InOut;
}

export function AccountEntries({ me, onSignOut, onNaming, onHelp, inOut, ...hold }: AccountEntriesProps) {
  const entries: MenuEntry[] = [];
  if (me.kind === "account") entries.push({ kind: "action", label: "Settings", icon: Sliders, run: () => go("/settings") });
  if (me.kind === "account" && me.admin)
    entries.push({ kind: "action", label: "Administration", icon: Key, run: () => go("/admin") });
  entries.push({ kind: "action", label: "Change your name", icon: Pencil, run: onNaming });
  if (me.kind === "account" && inOut) entries.push({ kind: "rule" }, ...inOutEntries(inOut), { kind: "rule" });
  if (offer.value) entries.push({ kind: "action", label: "Install Galley", icon: Phone, run: installGalley });
  if (onHelp) entries.push({ kind: "action", label: "Keyboard", icon: Keyboard, run: onHelp, keys: "?" });
  entries.push({ kind: "theme" });
  if (me.kind === "account")
    entries.push({ kind: "rule" }, { kind: "action", label: "Sign out", icon: SignOut, run: onSignOut });
  return <OpenMenu {...hold} head={<Head me={me} />} entries={entries} />;
}

const go = (path: string) => location.assign(path);

function Head({ me }: { me: Somebody }) {
  return (
    <div class="menu-who">
      <div>
        <b>{me.display}</b>
        <span class="meta">{me.kind === "guest" ? "guest" : me.name}</span>
      </div>
    </div>
  );
}
