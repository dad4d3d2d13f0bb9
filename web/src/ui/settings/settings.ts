/** What somebody may change about their own account. Knows no network: the calls come in from the page's entry. */
import { type Signal, signal } from "@preact/signals";
import type { Me, Passkey, Scope, SignedIn, Token } from "../../session/api";
import { createLoaded, type Loaded } from "../loaded";

export interface SettingsCalls {
  rename(display: string): Promise<Me>;
  setPassword(current: string, next: string): Promise<void>;
  sessions(): Promise<SignedIn[]>;
  endSession(id: string): Promise<void>;
  endOthers(): Promise<void>;
  tokens(): Promise<Token[]>;
  createToken(wish: { label: string; scope: Scope; expires_ms?: number }): Promise<Token & { token: string }>;
  removeToken(id: string): Promise<void>;
  passkeys(): Promise<Passkey[]>;
  /** null when the person cancelled. */
  makePasskey(label: string): Promise<Passkey | null>;
  removePasskey(id: string): Promise<void>;
}

export interface Settings {
  sessions: Loaded<SignedIn>;
  tokens: Loaded<Token>;
  passkeys: Loaded<Passkey>;
  /** The token that was just made; shown this once. */
  fresh: Signal<string | null>;
  load(): void;
  /** The sentence why not, or null. */
  rename(display: string): Promise<string | null>;
  setPassword(current: string, next: string): Promise<string | null>;
  endSession(session: SignedIn): void;
  endOthers(): void;
  createToken(label: string, scope: Scope, days: number): Promise<boolean>;
  removeToken(token: Token): void;
  makePasskey(label: string): Promise<boolean>;
  removePasskey(passkey: Passkey): void;
}

const day = 24 * 60 * 60_000;

export function createSettings(calls: SettingsCalls, me: Signal<Me>): Settings {
  const sessions = createLoaded(calls.sessions);
  const tokens = createLoaded(calls.tokens);
  const passkeys = createLoaded(calls.passkeys);
  const fresh = signal<string | null>(null);
  const without =
    <T extends { id: string }>(gone: T, work: () => Promise<void>) =>
    async (known: readonly T[]) => {
      await work();
      return known.filter((it) => it.id !== gone.id);
    };

  return {
    sessions,
    tokens,
    passkeys,
    fresh,
    load: () => void Promise.all([sessions.load(), tokens.load(), passkeys.load()]),
    rename: (display) => sentence(async () => void (me.value = await calls.rename(display))),
    setPassword: (current, next) =>
      sentence(async () => {
        await calls.setPassword(current, next);
        await sessions.load();
      }),
    endSession: (it) => void sessions.change(without(it, () => calls.endSession(it.id))),
    endOthers: () =>
      void sessions.change(async (known) => {
        await calls.endOthers();
        return known.filter((it) => it.current);
      }),
    createToken: (label, scope, days) =>
      tokens.change(async (known) => {
        const expires = days > 0 ? { expires_ms: Date.now() + days * day } : {};
        const { token, ...made } = await calls.createToken({ label, scope, ...expires });
        fresh.value = token;
        return [...known, made];
      }),
    removeToken: (it) => void tokens.change(without(it, () => calls.removeToken(it.id))),
    makePasskey: (label) =>
      passkeys.change(async (known) => {
        const made = await calls.makePasskey(label);
        return made ? [...known, made] : known;
      }),
    removePasskey: (it) => void passkeys.change(without(it, () => calls.removePasskey(it.id))),
  };
}

async function sentence(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "That did not work. Try again.";
  }
}
