/** Times in words, the way a person would say them: a moment ago, 12 minutes ago, yesterday, Tuesday, 14 October. */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export function ago(then: number, now = Date.now()): string {
  const past = now - then;
  if (past < minute) return "a moment ago";
  if (past < hour) return count(Math.floor(past / minute), "minute") + " ago";
  const days = daysBetween(then, now);
  if (days === 0) return count(Math.floor(past / hour), "hour") + " ago";
  if (days === 1) return "yesterday";
  if (days < 7) return new Intl.DateTimeFormat("en-GB", { weekday: "long" }).format(then);
  return date(then, now);
}

/** A date, with its year only when it is not this one. */
export function date(then: number, now = Date.now()): string {
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? {} : { year: "numeric" as const };
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", ...year }).format(then);
}

/** "1 edit", "3 edits". */
export function count(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}

function daysBetween(then: number, now: number): number {
  return Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / day);
}
