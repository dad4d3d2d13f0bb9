/** Who you are here, as a button; what it opens is `account-entries.tsx`. */
import { useState } from "preact/hooks";
import type { Me } from "../../session/api";
import { Face } from "../face";
import { MenuButton } from "../menu-button";
import type { InOut } from "./import-menu";
import { AccountEntries, NameDialog } from "./later";

export interface AccountMenuProps {
  me: Me;
  onSignOut(): void;
  onRename(display: string): void;
  /** Where the page has keys of its own. */
  onHelp?(): void;
  /** Bringing in and taking away, where the page has documents. */
  inOut?: InOut;
}

export function AccountMenu({ me, onRename, ...does }: AccountMenuProps) {
  const [naming, setNaming] = useState(false);
  if (me.kind === "nobody") return null;
  const face = <Face name={me.display} peer={me.peer} guest={me.kind === "guest"} />;
  return (
    <>
      <MenuButton label="Your account" class="face-button" button={face} near={AccountEntries.bring}>
        {(hold) => <AccountEntries {...hold} {...does} me={me} onNaming={() => setNaming(true)} />}
      </MenuButton>
      {naming && <NameDialog value={me.display} onDone={onRename} onClose={() => setNaming(false)} />}
    </>
  );
}
