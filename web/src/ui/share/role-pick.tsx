/** What somebody may do, chosen in place. */
import type { LinkRole } from "../../session/api";
import { ChevronDown } from "../icons";
import { roleName } from "../roles";

export const linkRoles: readonly LinkRole[] = ["view", "comment", "edit"];

export interface RolePickProps {
  label: string;
  value: LinkRole;
  roles?: readonly LinkRole[];
  onPick(role: LinkRole): void;
}

export function RolePick({ label, value, roles = linkRoles, onPick }: RolePickProps) {
  return (
    <span class="pick">
      <select aria-label={label} value={value} onChange={(event) => onPick(event.currentTarget.value as LinkRole)}>
        {roles.map((role) => (
          <option key={role} value={role}>
            {roleName[role]}
          </option>
        ))}
      </select>
      <ChevronDown size="small" />
    </span>
  );
}
