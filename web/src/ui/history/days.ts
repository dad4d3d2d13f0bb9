/** Versions by the day they were taken on, and their times the way a person would say them. */
import { ago, count } from "../time";

const hour = 3_600_000;
const day = 24 * hour;

export interface Day<T> {
  title: string;
  entries: T[];
}

/** What stands next to each other and was on one day goes together. */
export function byDay<T>(entries: readonly T[], when: (entry: T) => number, now: number): Day<T>[] {
  const days: Day<T>[] = [];
  for (const entry of entries) {
    const title = dayTitle(when(entry), now);
    const last = days.at(-1);
    if (last?.title === title) last.entries.push(entry);
    else days.push({ title, entries: [entry] });
  }
  return days;
}

export function dayTitle(then: number, now: number): string {
  const past = daysBetween(then, now);
  if (past <= 0) return "Today";
  if (past === 1) return "Yesterday";
  const sameYear = new Date(then).getFullYear() === new Date(now).getFullYear();
  const year = sameYear ? {} : { year: "numeric" as const };
  return new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", ...year }).format(then);
}

/** On its day: what was within the hour in words, else the clock. */
export function timeOnDay(then: number, now: number): string {
  return now - then < hour ? sentence(ago(then, now)) : clock(then);
}

/** With its day: "today at 14:02". */
export function fullTime(then: number, now: number): string {
  if (now - then < hour) return ago(then, now);
  const title = dayTitle(then, now);
  return `${daysBetween(then, now) <= 1 ? title.toLowerCase() : title} at ${clock(then)}`;
}

export function clock(then: number): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(then);
}

/** "812 bytes", "3.4 KB", "1.2 MB". */
export function size(bytes: number): string {
  if (bytes < 1_000) return count(bytes, "byte");
  const kilo = bytes / 1_000;
  return kilo < 1_000 ? `${short(kilo)} KB` : `${short(kilo / 1_000)} MB`;
}

function short(number: number): string {
  return number < 10 ? number.toFixed(1).replace(/\.0$/, "") : String(Math.round(number));
}

export function sentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function daysBetween(then: number, now: number): number {
  return Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(then).setHours(0, 0, 0, 0)) / day);
}
