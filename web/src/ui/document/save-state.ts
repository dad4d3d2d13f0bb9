/**
 * What the page says about saving: the badge, and the sentences behind it, what is safe before what to do. Edits live
 * in the open page until the server has them, so nothing here promises that they survive closing it.
 */
import type { Saved, Status } from "../../session/session";
import { count } from "../time";

export interface SaveState {
  tone: "ok" | "plain" | "warn" | "bad";
  /** On the badge. */
  label: string;
  /** Above the sentences. */
  title: string;
  safe: string;
  todo: string;
}

export function saveState(saved: Saved, status: Status): SaveState {
  if (status.kind === "refused") return stopped(saved, status.reason);
  switch (saved.kind) {
    case "saved":
      return {
        tone: "ok",
        label: "Saved",
        title: "Everything is saved",
        safe: "Every edit is on the server’s disk.",
        todo: "Nothing. Writing is saving here.",
      };
    case "saving":
      return {
        tone: "plain",
        label: `Saving (${saved.n})`,
        title: `${count(saved.n, "edit")} on the way`,
        safe: "What others see is what the server has; the rest is in this page.",
        todo: "Nothing. It says Saved once the server’s disk has it.",
      };
    case "offline":
      return offline(saved.n, status);
    case "unsaved":
      if (saved.access) return lowered(saved.n);
      return {
        tone: "bad",
        label: `Not saved: ${saved.reason}`,
        title: `The server could not save ${count(saved.n, "edit")}`,
        safe: `${saved.n === 1 ? "It is" : "They are"} in this page. Others cannot see ${saved.n === 1 ? "it" : "them"} yet.`,
        todo: "Keep this page open, and copy the text to be sure. Saving resumes by itself when the server can.",
      };
  }
}

/** Somebody changed what this person may do while they were writing. */
function lowered(n: number): SaveState {
  const one = n === 1;
  return {
    tone: "bad",
    label: "Not saved: you can no longer edit",
    title: "Your access was changed while you were writing",
    safe: `What was saved before. Your last ${count(n, "edit")} ${one ? "is" : "are"} only in this page.`,
    todo: `Copy the text to keep ${one ? "it" : "them"}. Should you be allowed to edit again while this page is open, ${one ? "it is" : "they are"} saved.`,
  };
}

function offline(n: number, status: Status): SaveState {
  const mine = n === 0 ? "Everything you see" : `Everything you see, with your last ${count(n, "edit")},`;
  return {
    tone: "warn",
    label: n === 0 ? "Offline" : `Offline: ${count(n, "edit")} on this device`,
    title: "The server cannot be reached",
    safe: `${mine} is in this page. Keep it open.`,
    todo:
      status.kind === "connecting" && status.attempt > 1
        ? "Keep writing. The page is trying to reach the server; your edits are then sent and merged."
        : "Keep writing. Your edits are sent and merged when the connection is back.",
  };
}

/** The server has closed the door on this page, though not on the document: only a fresh page helps. */
function stopped(saved: Saved, reason: string): SaveState {
  const waiting = saved.kind === "saved" ? 0 : saved.n;
  return {
    tone: "bad",
    label: waiting > 0 ? `Not saved: ${count(waiting, "edit")}` : "Stopped",
    title: "This page no longer follows the document",
    safe:
      waiting > 0
        ? `What was saved before. Your last ${count(waiting, "edit")} ${waiting === 1 ? "is" : "are"} only in this page.`
        : "Every edit of yours is on the server’s disk.",
    todo: `${sentence(reason)}${waiting > 0 ? "Copy the text, then reload." : "Reload the page to go on."}`,
  };
}

function sentence(reason: string): string {
  return reason ? `${reason.replace(/[.\s]+$/, "")}. ` : "";
}

/** What Mod-S answers: never more than is true. */
export function answer(saved: Saved): string {
  switch (saved.kind) {
    case "saved":
      return "Saved. Every edit is on the server’s disk.";
    case "saving":
      return `Saving: ${count(saved.n, "edit")} on the way.`;
    case "offline":
      return saved.n === 0
        ? "Offline. Nothing is waiting."
        : `Offline. ${count(saved.n, "edit")} in this page, not on the server yet.`;
    case "unsaved":
      return `Not saved: ${saved.reason}.`;
  }
}
