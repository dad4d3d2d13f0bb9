import { afterEach, expect, test, vi } from "vitest";
import { settle } from "./settle";
import type { Boot } from "../ui/boot";

const install = vi.hoisted(() => vi.fn());
vi.mock("./installing", () => ({ install }));

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["over plain http away from this machine", false, { serviceWorker: {} }],
  ["where the browser has no workers", true, {}],
])("OF42 nothing is registered %s", async (_, isSecureContext, navigator) => {
  vi.stubGlobal("isSecureContext", isSecureContext);
  vi.stubGlobal("navigator", navigator);
  expect(await settle({} as Boot)).toBeNull();
  expect(install).not.toHaveBeenCalled();
});
