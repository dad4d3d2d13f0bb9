/**
 * Signing out of a device that keeps something: at once if the server has everything, else by the person's own choice.
 *
 * Invariant: nothing that was not sent is removed without having been named. Knows no network and no storage: the calls
 * come in. Next: `sign-out.tsx`, which asks.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { ApiError } from "../../session/call";
import type { Card } from "../../session/device/device";
import { count } from "../time";

export type SigningOut =
  | { kind: "no" }
  /** Something was not sent; `problem`: what came of sending it. */
  | { kind: "asking"; cards: readonly Card[]; problem: string | null }
  | { kind: "sending"; cards: readonly Card[] }
  /** The server cannot be told. */
  | { kind: "away"; cards: readonly Card[] };

export interface SignOutCalls {
  /** Documents with something that was not sent. */
  waiting(): Promise<readonly Card[]>;
  logout(): Promise<void>;
  /** Tries to send everything once. */
  send(): Promise<void>;
  /** All texts as files. */
  download(cards: readonly Card[]): Promise<void>;
  /** This person is remembered no longer, and what they have here waits for them. */
  keep(): Promise<void>;
  /** Nothing of this person stays here. */
  forget(): Promise<void>;
  leave(): void;
  say(sentence: string): void;
}

export interface SignOutFlow {
  readonly state: ReadonlySignal<SigningOut>;
  begin(): Promise<void>;
  send(): Promise<void>;
  keep(): Promise<void>;
  download(): Promise<void>;
  remove(): Promise<void>;
  /** Without telling the server. */
  removeHere(): Promise<void>;
  cancel(): void;
}

export function createSignOut(calls: SignOutCalls): SignOutFlow {
  const state = signal<SigningOut>({ kind: "no" });
  const cards = () => (state.peek().kind === "no" ? [] : (state.peek() as { cards: readonly Card[] }).cards);

  /** Tells the server; then this device does as it is told. */
  const out = async (then: () => Promise<void> | void): Promise<void> => {
    try {
      await calls.logout();
    } catch (error) {
      const away = error instanceof ApiError && error.status === 0;
      state.value = away ? { kind: "away", cards: cards() } : { kind: "no" };
      if (!away) calls.say(error instanceof Error ? error.message : "That did not work. Try again.");
      return;
    }
    await then();
    calls.leave();
  };
  const forget = () => calls.forget().catch(() => undefined);
  const saved = async (): Promise<boolean> => {
    try {
      await calls.download(cards());
      return true;
    } catch {
      calls.say("The files could not be made. Nothing was removed.");
      return false;
    }
  };

  return {
    state,
    async begin() {
      // Where nothing can be kept, nothing waits.
      const waiting = await calls.waiting().catch(() => []);
      if (waiting.length === 0) return out(forget);
      state.value = { kind: "asking", cards: waiting, problem: null };
    },
    async send() {
      state.value = { kind: "sending", cards: cards() };
      await calls.send().catch(() => undefined);
      const left = await calls.waiting();
      if (state.peek().kind !== "sending") return;
      if (left.length === 0) return out(forget);
      const problem = `${count(left.length, "document")} could not be sent just now. ${left.length === 1 ? "It is" : "They are"} safe on this device.`;
      state.value = { kind: "asking", cards: left, problem };
    },
    keep: () => out(calls.keep),
    async download() {
      if (await saved()) await out(forget);
    },
    remove: () => out(forget),
    async removeHere() {
      await forget();
      calls.leave();
    },
    cancel: () => void (state.value = { kind: "no" }),
  };
}
