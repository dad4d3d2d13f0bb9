/**
 * What the page says about saving: the badge, and the sentences behind it, what is safe before what to do. That edits
 * survive closing the page is said only of those that are on the device.
 */
import type { Place, Saved, Status } from "../../session/session";
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

/** `unkept` is why nothing is kept on this device; null: it is. */
export function saveState(saved: Saved, status: Status, unkept: string | null = null): SaveState {
  if (status.kind === "refused") return stopped(saved, status.reason);
  switch (saved.kind) {
    case "opening":
      return {
        tone: "plain",
        label: "Opening",
        title: "Looking for what this device has kept",
        safe: "Everything that was saved, on the server or on this device.",
        todo: "Nothing. It takes a moment.",
      };
    case "saved":
      return {
        tone: "ok",
        label: "Saved",
        title: "Everything is saved",
        safe: "Every edit is on the server’s disk.",
        todo: unkept === null ? "Nothing. Writing is saving here." : `Nothing. Offline this page has to stay open: ${unkept.charAt(0).toLowerCase()}${unkept.slice(1)}`,
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
      return offline(saved.n, saved.place, status, unkept);
    case "unsaved":
      if (saved.access) return lowered(saved.n, saved.place);
      return {
        tone: "bad",
        label: `Not saved: ${saved.reason}`,
        title: `The server could not save ${count(saved.n, "edit")}`,
        safe: `${one(saved.n, "It is", "They are")} ${where[saved.place]}. Others cannot see ${one(saved.n, "it", "them")} yet.`,
        todo: saved.lasting ? goOn(saved) : `${keep[saved.place]}Saving resumes by itself when the server can.`,
      };
  }
}

const where: Record<Place, string> = { device: "on this device", page: "in this page" };
const keep: Record<Place, string> = {
  device: "Copy the text to be sure. ",
  page: "Keep this page open, and copy the text to be sure. ",
};
const one = (n: number, singular: string, plural: string) => (n === 1 ? singular : plural);

/** Sent again, they would be refused again. */
const goOn = ({ n, place }: { n: number; place: Place }) =>
  `Copy the text to keep ${one(n, "it", "them")}, then ${place === "device" ? "discard" : "reload to discard"} ${one(n, "it", "them")} and go on.`;

/** Somebody changed what this person may do while they were writing. */
function lowered(n: number, place: Place): SaveState {
  const allowed = place === "page" ? " while this page is open" : "";
  return {
    tone: "bad",
    label: "Not saved: you can no longer edit",
    title: "Your access was changed while you were writing",
    safe: `What was saved before. Your last ${count(n, "edit")} ${one(n, "is", "are")} only ${where[place]}.`,
    todo: `Copy the text to keep ${one(n, "it", "them")}. Should you be allowed to edit again${allowed}, ${one(n, "it is", "they are")} saved.`,
  };
}

function offline(n: number, place: Place, status: Status, unkept: string | null): SaveState {
  const mine = n === 0 ? "Everything you see" : `Everything you see, with your last ${count(n, "edit")},`;
  const label = { device: `Offline: ${count(n, "edit")} on this device`, page: `Offline: ${count(n, "edit")} in this page` };
  return {
    tone: "warn",
    label: n === 0 ? "Offline" : label[place],
    title: "The server cannot be reached",
    safe: place === "device" ? `${mine} is kept on this device, also when you close the page.` : `${mine} is only in this page. ${sentence(unkept ?? "")}Keep the page open.`,
    todo:
      status.kind === "connecting" && status.attempt > 1
        ? "Keep writing. The page is trying to reach the server; your edits are then sent and merged."
        : "Keep writing. Your edits are sent and merged when the connection is back.",
  };
}

/** The server has closed the door on this page, though not on the document: only a fresh page helps. */
function stopped(saved: Saved, reason: string): SaveState {
  const waiting = saved.kind === "saved" ? 0 : saved.n;
  const place = saved.kind === "unsaved" ? saved.place : "page";
  return {
    tone: "bad",
    label: waiting > 0 ? `Not saved: ${count(waiting, "edit")}` : "Stopped",
    title: "This page no longer follows the document",
    safe:
      waiting > 0
        ? `What was saved before. Your last ${count(waiting, "edit")} ${one(waiting, "is", "are")} only ${where[place]}.`
        : "Every edit of yours is on the server’s disk.",
    todo: `${sentence(reason)}${waiting > 0 ? `Copy the text, then ${place === "device" ? "reload, or discard what is not saved" : "reload"}.` : "Reload the page to go on."}`,
  };
}

function sentence(reason: string): string {
  return reason ? `${reason.replace(/[.\s]+$/, "")}. ` : "";
}

/** What Mod-S answers: never more than is true. */
export function answer(saved: Saved): string {
  switch (saved.kind) {
    case "opening":
      return "Looking for what this device has kept.";
    case "saved":
      return "Saved. Every edit is on the server’s disk.";
    case "saving":
      return `Saving: ${count(saved.n, "edit")} on the way.`;
    case "offline":
      return saved.n === 0
        ? "Offline. Nothing is waiting."
        : `Offline. ${count(saved.n, "edit")} ${where[saved.place]}, not on the server yet.`;
    case "unsaved":
      return `Not saved: ${saved.reason}.${saved.n > 0 ? ` ${count(saved.n, "edit")} ${where[saved.place]}.` : ""}`;
  }
}
