import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import type { Me, SignedIn } from "../../session/api";
import { createSettings, type SettingsCalls } from "./settings";

const session = (id: string, current = false): SignedIn => ({ id, current, created_ms: 0, seen_ms: 0, agent: "curl/8" });
const me: Me = { kind: "account", author: "a", name: "ada", display: "Ada", peer: 1, admin: false };

function make(over: Partial<SettingsCalls> = {}) {
  const calls: SettingsCalls = {
    rename: async (display) => ({ ...me, display }),
    setPassword: vi.fn(async () => {}),
    sessions: async () => [session("1", true), session("2"), session("3")],
    endSession: vi.fn(async () => {}),
    endOthers: vi.fn(async () => {}),
    tokens: async () => [],
    createToken: vi.fn(async (wish) => ({ id: "t", ...wish, created_ms: 0, expires_ms: null, used_ms: null, token: "galley_x" })),
    removeToken: vi.fn(async () => {}),
    passkeys: async () => [],
    makePasskey: async () => null,
    removePasskey: vi.fn(async () => {}),
    ...over,
  };
  const who = signal<Me>(me);
  return { settings: createSettings(calls, who), calls, who };
}

test("ending the others leaves the one that asks", async () => {
  const { settings } = make();
  await settings.sessions.load();
  settings.endOthers();
  await vi.waitFor(() => expect(settings.sessions.items.value?.map((it) => it.id)).toEqual(["1"]));
});

test("a new token is told once and is not kept in the list", async () => {
  const { settings, calls } = make();
  await settings.createToken("ci", "read", 0);
  expect(settings.fresh.value).toBe("galley_x");
  expect(JSON.stringify(settings.tokens.items.value)).not.toContain("galley_x");
  expect(calls.createToken).toHaveBeenCalledWith({ label: "ci", scope: "read" });
});

test("a passkey somebody cancelled is no failure", async () => {
  const { settings } = make();
  expect(await settings.makePasskey("Phone")).toBe(true);
  expect([settings.passkeys.items.value, settings.passkeys.problem.value]).toEqual([[], null]);
});

test("a refusal is a sentence for its own form", async () => {
  const { settings } = make({ setPassword: async () => Promise.reject(new Error("The password is wrong.")) });
  expect(await settings.setPassword("a", "b")).toBe("The password is wrong.");
});
