/** What the four roles are called, everywhere. */
import type { Role } from "../session/api";

export const roleName: Record<Role, string> = {
  view: "Can view",
  comment: "Can comment",
  edit: "Can edit",
  own: "Owner",
};

export function canComment(role: Role): boolean {
  return role !== "view";
}

export function canWrite(role: Role): boolean {
  return role === "edit" || role === "own";
}
