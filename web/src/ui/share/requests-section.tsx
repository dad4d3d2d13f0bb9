/** People who wait for more access: the owner says yes, with a role, or no. */
import { useState } from "preact/hooks";
import type { AccessRequest } from "../../session/api";
import { Face } from "../face";
import { roleName } from "../roles";
import { ago } from "../time";
import type { Access } from "./access";
import { RolePick } from "./role-pick";

export function RequestsSection({ access }: { access: Access }) {
  const requests = access.requests.value;
  if (requests.length === 0) return null;
  return (
    <section class="share-requests" aria-label="Asking for access">
      <ul class="people">
        {requests.map((request) => (
          <RequestRow key={request.author} request={request} access={access} />
        ))}
      </ul>
    </section>
  );
}

function RequestRow({ request, access }: { request: AccessRequest; access: Access }) {
  const [role, setRole] = useState(request.role);
  return (
    <li class="request-row">
      <Face name={request.display} peer={request.peer} guest={request.guest} />
      <div class="request-what">
        <p>
          <b>{request.display}</b> asks for “{roleName[request.role]}” <span class="meta">{ago(request.at_ms)}</span>
        </p>
        {request.message && <q dir="auto">{request.message}</q>}
        <div class="request-acts">
          <RolePick label={`What ${request.display} may do`} value={role} onPick={setRole} />
          <button type="button" class="btn line small" onClick={() => access.allow(request, role)}>
            Allow
          </button>
          <button type="button" class="btn small quiet" onClick={() => access.decline(request)}>
            Decline
          </button>
        </div>
      </div>
    </li>
  );
}
