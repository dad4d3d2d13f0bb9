/** What waits on this device, in words; the same everywhere. */
import type { Card } from "../../session/device/device";
import { count } from "../time";

type Waiting = Card["waiting"];

/** "3 edits", "1 note", "2 edits and 1 note"; "" if nothing waits. */
export function amount({ edits, notes, files }: Waiting): string {
  const parts = [edits && count(edits, "edit"), notes && count(notes, "note"), files && count(files, "file")].filter((part) => part !== 0);
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : (parts[0] ?? "");
}

/** Why the server does not take it: the beginning of a sentence about one document. */
export const reasons: Record<NonNullable<Card["stranded"]>, { title: string; sentence: string }> = {
  access: {
    title: "You no longer have access",
    sentence: "Who can open this document has changed. What was saved is still there.",
  },
  gone: {
    title: "This document is gone",
    sentence: "It was moved to the trash, or deleted. What was saved of it is its owner’s.",
  },
  replaced: {
    title: "The document has another history now",
    sentence: "The server went back to an earlier copy of it, so what you wrote here could not be put in its place.",
  },
};
