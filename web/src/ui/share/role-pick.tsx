/** What somebody may do, chosen in place; where it is a person, with what else can be done about the access. */
import type { LinkRole } from "../../session/api";
import { ChevronDown } from "../more-icons";
import { roleName } from "../roles";

export const linkRoles: readonly LinkRole[] = ["view", "comment", "edit"];

export interface RoleAct {
  label: string;
  run(): void;
}

export interface RolePickProps {
  label: string;
  value: LinkRole;
  onPick(role: LinkRole): void;
  /** Below the roles. They change nothing by themselves: each asks first. */
  acts?: readonly RoleAct[];
}

export function RolePick({ label, value, onPick, acts = [] }: RolePickProps) {
  const pick = (select: HTMLSelectElement) => {
    const act = acts.find((it) => it.label === select.value);
    if (!act) return onPick(select.value as LinkRole);
    select.value = value;
    act.run();
  };
  return (
    <span class="pick">
      <select aria-label={label} value={value} onChange={(event) => pick(event.currentTarget)}>
        {linkRoles.map((role) => (
          <option key={role} value={role}>
            {roleName[role]}
          </option>
        ))}
        {acts.length > 0 && <hr />}
        {acts.map((act) => (
          <option key={act.label}>{act.label}</option>
        ))}
      </select>
      <ChevronDown size="small" />
    </span>
  );
}
