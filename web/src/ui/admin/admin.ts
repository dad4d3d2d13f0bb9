/** What an administrator sees and does. Knows no network: the calls come in from the page's entry. */
import { type Signal, signal } from "@preact/signals";
import type { Holding, Invite, User } from "../../session/api";
import { createLoaded, type Loaded } from "../loaded";

export interface AdminCalls {
  users(): Promise<User[]>;
  patchUser(author: string, change: { suspended?: boolean; admin?: boolean }): Promise<User>;
  resetUser(author: string): Promise<{ url: string; expires_ms: number }>;
  invites(): Promise<Invite[]>;
  invite(label: string): Promise<Invite>;
  removeInvite(id: string): Promise<void>;
  documents(): Promise<Holding[]>;
  patchDocument(id: string, change: { owner?: string; trashed?: boolean }): Promise<Holding>;
}

export interface Admin {
  users: Loaded<User>;
  invites: Loaded<Invite>;
  documents: Loaded<Holding>;
  /** An address for a new password that was just made; shown this once. */
  reset: Signal<{ name: string; url: string } | null>;
  load(): void;
  changeUser(user: User, change: { suspended?: boolean; admin?: boolean }): void;
  resetUser(user: User): void;
  invite(label: string): Promise<boolean>;
  withdraw(invite: Invite): void;
  changeDocument(document: Holding, change: { owner?: string; trashed?: boolean }): Promise<boolean>;
}

export function createAdmin(calls: AdminCalls): Admin {
  const users = createLoaded(calls.users);
  const invites = createLoaded(calls.invites);
  const documents = createLoaded(calls.documents);
  const reset = signal<{ name: string; url: string } | null>(null);

  return {
    users,
    invites,
    documents,
    reset,
    load: () => void Promise.all([users.load(), invites.load(), documents.load()]),
    changeUser: ({ author }, change) =>
      void users.change(async (known) => {
        const changed = await calls.patchUser(author, change);
        return known.map((it) => (it.author === author ? changed : it));
      }),
    resetUser: ({ author, display }) =>
      void users.change(async (known) => {
        reset.value = { name: display, url: (await calls.resetUser(author)).url };
        return known;
      }),
    invite: (label) => invites.change(async (known) => [await calls.invite(label), ...known]),
    withdraw: ({ id }) =>
      void invites.change(async (known) => {
        await calls.removeInvite(id);
        return known.filter((it) => it.id !== id);
      }),
    changeDocument: ({ id }, change) =>
      documents.change(async (known) => {
        const changed = await calls.patchDocument(id, change);
        return known.map((it) => (it.id === id ? changed : it));
      }),
  };
}
