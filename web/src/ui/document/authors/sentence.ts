/** Who wrote something, in words. */
import { percent } from "../../../session/shares";

export interface Named {
  name: string;
  /** Of 1. */
  part: number;
}

/** "Ama wrote this." "Ama (70%) and Tomasz (30%) wrote this." */
export function sentence(shares: readonly Named[]): string {
  const [only] = shares;
  if (!only) return "Nobody has written in this line.";
  if (shares.length === 1) return `${only.name} wrote this.`;
  const names = shares.map(({ name, part }) => `${name} (${percent(part)})`);
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)} wrote this.`;
}
