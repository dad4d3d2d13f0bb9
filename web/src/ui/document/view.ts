/** Which panes show: the source, both, or the text. The address carries it as a bare word: ?edit, ?both, ?view. */
import type { Role } from "../../session/api";
import { canWrite } from "../roles";

export type View = "edit" | "both" | "view";

export const views: readonly View[] = ["edit", "both", "view"];

/**
 * Where there is one pane at a time: a narrow window, or a screen that is small one way, however it is held. The style
 * sheets say the same words.
 */
export const phoneQuery = "(max-width: 719px), (max-device-width: 499px), (max-device-height: 499px)";

export function viewOf(search: string): View | null {
  const words = [...new URLSearchParams(search).keys()];
  return views.find((view) => words.includes(view)) ?? null;
}

/** The same address with another view; what else the query says stays. */
export function withView(href: string, view: View): string {
  const url = new URL(href);
  const rest = [...url.searchParams].filter(([word]) => !views.some((it) => it === word));
  const kept = new URLSearchParams(rest).toString();
  return url.pathname + "?" + (kept ? `${kept}&${view}` : view) + url.hash;
}

/** The same address with or without slides. */
export function withSlides(href: string, on: boolean): string {
  const url = new URL(href);
  const words = url.search.slice(1).split("&").filter((word) => word && !/^slides(=|$)/.test(word));
  const search = [...words, ...(on ? ["slides"] : [])].join("&");
  return url.pathname + (search && `?${search}`) + url.hash;
}

export function asksForSlides(search: string): boolean {
  return new URLSearchParams(search).has("slides");
}

/** What to show when the address does not say: writers write, readers and guests read first. */
export function firstView(arrival: { role: Role; guest: boolean; empty: boolean; phone: boolean }): View {
  if (!canWrite(arrival.role)) return "view";
  if (arrival.guest) return "view";
  if (arrival.phone) return arrival.empty || arrival.role === "own" ? "edit" : "view";
  return "both";
}
