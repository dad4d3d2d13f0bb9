/** People who wait for more access: the owner says yes, with a role, or no. */
import { useState } from "preact/hooks";
import type { AccessRequest } from "../../session/api";
import { Face } from "../face";
import { roleName } from "../roles";
import { ago } from "../time";
import type { Access } from "./access";
import { RolePick } from "./role-pick";
import { Trouble } from "./trouble";

export function RequestsSection({ access }: { access: Access }) {
  const requests = access.requests.value;
  if (!requests?.length) return null;
  return (
    <section class="share-requests">
      <h3>Asking for access</h3>
      <ul class="people">
        {requests.map((request) => (
          <RequestRow key={request.author} request={request} access={access} />
        ))}
      </ul>
      <Trouble at="requests" access={access} />
    </section>
  );
}

function RequestRow({ request, access }: { request: AccessRequest; access: Access }) {
  const [role, setRole] = useState(request.role);
  const name = request.display;
  return (
    <li class="request-row">
      <Face name={name} peer={request.peer} guest={request.guest} />
      <div class="request-what">
        <b dir="auto">{name}</b>
        <small>
          Wants “{roleName[request.role]}”, {ago(request.at_ms)}
        </small>
      </div>
      {request.message && <q dir="auto">{request.message}</q>}
      <div class="request-acts" role="group" aria-label={`Answer ${name}`}>
        <RolePick label={`What ${name} may do`} value={role} onPick={setRole} />
        <button type="button" class="btn line small" onClick={() => access.allow(request, role)}>
          Allow
        </button>
        <button type="button" class="btn small revoke" onClick={() => access.decline(request)}>
          Decline
        </button>
      </div>
    </li>
  );
}
