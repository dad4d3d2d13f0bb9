/** Share: who has access, and the links that give it. Working together; putting a page on the web is another thing. */
import type { ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Document, Link, LinkRole } from "../../session/api";
import { Dialog } from "../dialog";
import { Face } from "../face";
import { Globe, Plus } from "../icons";
import { LinkRow } from "./link-row";

export interface ShareActions {
  /** null until they are known. */
  links: ReadonlySignal<readonly Link[] | null>;
  problem: ReadonlySignal<string | null>;
  load(): void;
  add(role: LinkRole): void;
  change(link: Link, change: { role?: LinkRole; label?: string }): void;
  renew(link: Link): void;
  revoke(link: Link): void;
}

export interface ShareDialogProps {
  owner: Document["owner"];
  mine: boolean;
  actions: ShareActions;
  onClose(): void;
}

export function ShareDialog({ owner, mine, actions, onClose }: ShareDialogProps) {
  useEffect(() => actions.load(), []);
  const links = actions.links.value;

  return (
    <Dialog class="share-dialog" label="Share" onClose={onClose}>
      <section class="share-people">
        <div class="people-row">
          <Face name={owner.display} peer={owner.peer} />
          <b>
            {owner.display}
            {mine && <span class="meta">you</span>}
          </b>
          <span class="people-role">Owner</span>
        </div>
      </section>
      <section>
        <div class="links-head">
          <h3>Anyone with the link</h3>
          {!!links?.length && (
            <button type="button" class="btn text small" onClick={() => actions.add("edit")}>
              <Plus size="small" />
              New link
            </button>
          )}
        </div>
        {links?.length === 0 && <FirstLink onAdd={actions.add} />}
        <ul class="links">
          {links?.map((link) => (
            <LinkRow key={link.id} link={link} actions={actions} />
          ))}
        </ul>
        {links === null && !actions.problem.value && <p class="links-none">Looking for the links…</p>}
        {actions.problem.value && (
          <p class="problem" role="alert">
            {actions.problem.value}
          </p>
        )}
      </section>
      <section class="not-publish">
        <Globe />
        <p>
          Sharing is for working together: whoever holds a link can open this document, without an account. It does not
          put the page on the web for everyone.
        </p>
      </section>
    </Dialog>
  );
}

function FirstLink({ onAdd }: { onAdd(role: LinkRole): void }) {
  return (
    <div class="links-none">
      <p>Only you can open this document. Make a link and send it to somebody:</p>
      <div class="links-first">
        <button type="button" class="btn primary" data-autofocus onClick={() => onAdd("edit")}>
          <Plus size="small" />
          Link that can edit
        </button>
        <button type="button" class="btn line" onClick={() => onAdd("view")}>
          <Plus size="small" />
          Link that can view
        </button>
      </div>
    </div>
  );
}
