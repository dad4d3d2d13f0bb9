/** Times and counts as the margin says them: short, for they stand beside a name. */
import { date } from "../time";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export function when(then: number, now = Date.now()): string {
  const past = now - then;
  if (past < minute) return "a moment ago";
  if (past < hour) return `${Math.floor(past / minute)} min`;
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / day);
  if (days === 0) return `${Math.floor(past / hour)} h`;
  if (days === 1) return "yesterday";
  if (days < 7) return new Intl.DateTimeFormat("en-GB", { weekday: "long" }).format(then);
  return date(then, now);
}

/** Date and time in full, for whoever points at the short words. */
export function exactly(then: number): string {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" }).format(then);
}

export function replies(n: number): string {
  return n === 1 ? "1 reply" : `${n} replies`;
}
