/** Sharing one document: the calls behind the dialog, and hearing of people who ask for more. For the page's entry. */
import { effect, type Signal } from "@preact/signals";
import { api } from "../session/api";
import { watchEvents } from "../session/events";
import type { Desk } from "../ui/document/desk";
import { canWrite } from "../ui/roles";
import { createAccess } from "../ui/share/access";
import { createLinks } from "../ui/share/links";
import type { Sharing } from "../ui/share/share-dialog";

export function createSharing(document: string): Sharing {
  return {
    links: createLinks({
      load: () => api.links(document),
      add: (role) => api.createLink(document, { role }),
      change: (link, change) => api.patchLink(document, link, change),
      remove: (link) => api.removeLink(document, link),
    }),
    access: createAccess({
      members: () => api.members(document),
      requests: () => api.requests(document),
      add: (name, role) => api.addMember(document, { name, role }),
      change: (author, role) => api.patchMember(document, author, role),
      remove: (author) => api.removeMember(document, author),
      handOver: (name) => api.transfer(document, name),
      allow: (author, role) => api.allow(document, author, role),
      decline: (author) => api.decline(document, author),
    }),
  };
}

/** The owner hears who asks; whoever asked hears the answer by the socket, and the question is over. */
export function hearOfRequests(desk: Desk, { access }: Sharing, waiting: Signal<number>): void {
  const { session, asked, owner } = desk;
  effect(() => {
    const role = session.role.value;
    if (asked.value !== null && (canWrite(role) || asked.value === role)) asked.value = null;
  });
  effect(() => {
    const asking = access.requests.value?.length ?? desk.document.requests;
    waiting.value = owner.value ? asking : 0;
  });
  effect(() => {
    if (!owner.value) return;
    access.load("own");
    return watchEvents({ onPresence: () => {}, onChanged: () => access.load("own") });
  });
}
