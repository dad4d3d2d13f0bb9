/** `/admin`: people, invitations, and documents from outside. */
import { useEffect } from "preact/hooks";
import type { Me } from "../../session/api";
import { AccountMenu } from "../list/account-menu";
import { Wordmark } from "../mark";
import { Toasts } from "../toasts";
import type { Admin } from "./admin";
import { Documents } from "./documents";
import { Invitations } from "./invitations";
import { People } from "./people";

export interface AdminPageProps {
  me: Me;
  admin: Admin;
  onSignOut(): void;
  onRename(display: string): void;
}

export function AdminPage({ me, admin, onSignOut, onRename }: AdminPageProps) {
  useEffect(() => admin.load(), []);
  if (me.kind !== "account") return null;
  return (
    <>
      <header class="top">
        <Wordmark />
        <div class="top-end">
          <AccountMenu me={me} onSignOut={onSignOut} onRename={onRename} />
        </div>
      </header>
      <main class="col desk-page">
        <h1>Administration</h1>
        <People admin={admin} me={me.author} />
        <Invitations admin={admin} />
        <Documents admin={admin} />
      </main>
      <Toasts />
    </>
  );
}
