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
  changeDocument(document: Holding, change: { trashed: boolean }): Promise<boolean>;
  /** The sentence why not, or null. */
  handOver(document: Holding, owner: string): Promise<string | null>;
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
      documents.change(async (known) => replaced(known, await calls.patchDocument(id, change))),
    handOver: async ({ id }, owner) => {
      try {
        const changed = await calls.patchDocument(id, { owner });
        await documents.change(async (known) => replaced(known, changed));
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : "That did not work. Try again.";
      }
    },
  };
}

function replaced(known: readonly Holding[], changed: Holding): readonly Holding[] {
  return known.map((it) => (it.id === changed.id ? changed : it));
}
