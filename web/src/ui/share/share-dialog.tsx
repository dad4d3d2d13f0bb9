/** Share: who has access, and the links that give it. Working together; putting a page on the web is another thing. */
import { useEffect } from "preact/hooks";
import type { LinkRole, Person, Role } from "../../session/api";
import { Dialog } from "../dialog";
import { Plus } from "../icons";
import { Globe } from "../more-icons";
import type { Access } from "./access";
import { LinkRow } from "./link-row";
import type { Links } from "./links";
import { PeopleSection } from "./people-section";
import { RequestsSection } from "./requests-section";

/** Everything the dialog can do. */
export interface Sharing {
  links: Links;
  access: Access;
}

export interface ShareDialogProps {
  owner: Person;
  /** The author of whoever looks. */
  me: string | null;
  role: Role;
  /** The document's. */
  title: string;
  /** The document's own address. */
  address: string;
  sharing: Sharing;
  onClose(): void;
}

export function ShareDialog({ owner, me, role, title, address, sharing, onClose }: ShareDialogProps) {
  const { links, access } = sharing;
  const mine = role === "own";
  useEffect(() => {
    access.load(role);
    if (mine) links.load();
  }, [role]);

  return (
    <Dialog class="share-dialog" label="Share" onClose={onClose}>
      {mine && <RequestsSection access={access} />}
      <PeopleSection access={access} owner={owner} me={me} role={role} address={address} />
      {mine && <LinksSection links={links} title={title} />}
      {mine && (
        <section class="not-publish">
          <Globe />
          <p>
            Sharing is for working together: whoever holds a link can open this document, without an account. It does
            not put the page on the web for everyone.
          </p>
        </section>
      )}
    </Dialog>
  );
}

function LinksSection({ links: actions, title }: { links: Links; title: string }) {
  const links = actions.links.value;
  return (
    <section>
      <div class="links-head">
        <h3>Anyone with the link</h3>
        {!!links?.length && (
          <button type="button" class="btn text small" onClick={() => actions.add("view")}>
            <Plus size="small" />
            New link
          </button>
        )}
      </div>
      {links?.length === 0 && <FirstLink onAdd={actions.add} />}
      <ul class="links">
        {links?.map((link) => (
          <LinkRow key={link.id} link={link} title={title} actions={actions} />
        ))}
      </ul>
      {links === null && !actions.problem.value && <p class="links-none">Looking for the links…</p>}
      {actions.problem.value && (
        <p class="problem" role="alert">
          {actions.problem.value}
        </p>
      )}
    </section>
  );
}

function FirstLink({ onAdd }: { onAdd(role: LinkRole): void }) {
  return (
    <div class="links-none">
      <p>A link lets people in without an account. What may they do?</p>
      <div class="links-first">
        <button type="button" class="btn line" onClick={() => onAdd("edit")}>
          <Plus size="small" />
          Link that can edit
        </button>
        <button type="button" class="btn line" onClick={() => onAdd("comment")}>
          <Plus size="small" />
          Can comment
        </button>
        <button type="button" class="btn line" onClick={() => onAdd("view")}>
          <Plus size="small" />
          Can view
        </button>
      </div>
    </div>
  );
}
