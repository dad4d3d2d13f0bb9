/** The keys of the history page. Those of the list and the scrubber are their own. */
import { useEffect } from "preact/hooks";
import { matches, typing } from "../chord";
import type { HelpGroup } from "../help";
import type { Changes } from "./changes";
import type { History } from "./history";

export const helpGroups: readonly HelpGroup[] = [
  {
    name: "Changes",
    keys: [
      { label: "Next change", chord: "n" },
      { label: "Previous change", chord: "p" },
      { label: "Page or source", chord: "s" },
    ],
  },
  {
    name: "Versions",
    keys: [
      { label: "Older version", chord: "j" },
      { label: "Newer version", chord: "k" },
      { label: "Back to the document", chord: "Esc" },
      { label: "This page of keys", chord: "?" },
    ],
  },
];

export interface HistoryKeys {
  history: History;
  changes: Changes;
  url: string;
  onHelp(): void;
}

export function useHistoryKeys({ history, changes, url, onHelp }: HistoryKeys): void {
  useEffect(() => {
    const acts: Record<string, () => void> = {
      n: () => changes.step(1),
      p: () => changes.step(-1),
      s: () => (history.view.value = history.view.peek() === "page" ? "source" : "page"),
      j: () => history.select(history.at.peek() + 1),
      k: () => history.select(history.at.peek() - 1),
      "?": onHelp,
      F1: onHelp,
      Escape: () => location.assign(url),
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const slider = event.target instanceof HTMLInputElement && event.target.type === "range";
      if (typing(event) && !slider) return;
      const act = matches(event, "F1") ? onHelp : acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}
