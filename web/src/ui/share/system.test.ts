import { afterEach, expect, test, vi } from "vitest";
import { canShare, share } from "./system";

const copied: string[] = [];
const device = (how: "shares" | "closed" | "refuses") => ({
  share: vi.fn(async () => {
    if (how !== "shares") throw new DOMException("no", how === "closed" ? "AbortError" : "NotAllowedError");
  }),
  clipboard: { writeText: async (text: string) => void copied.push(text) },
});

afterEach(() => {
  vi.unstubAllGlobals();
  copied.length = 0;
});

test("PG46 there is a share button only where the system shares", () => {
  vi.stubGlobal("navigator", {});
  expect(canShare()).toBe(false);
  vi.stubGlobal("navigator", device("shares"));
  expect(canShare()).toBe(true);
});

test("PG46 the system gets the title and the link, once", async () => {
  const system = device("shares");
  vi.stubGlobal("navigator", system);
  await share("On the train", "https://example.org/s/1#2");
  expect(system.share.mock.calls).toEqual([[{ title: "On the train", url: "https://example.org/s/1#2" }]]);
  expect(copied).toEqual([]);
});

test("PG46 closed again nothing happens; refused, the link is copied", async () => {
  vi.stubGlobal("navigator", device("closed"));
  await share("On the train", "https://example.org");
  expect(copied).toEqual([]);
  vi.stubGlobal("navigator", device("refuses"));
  await share("On the train", "https://example.org");
  expect(copied).toEqual(["https://example.org"]);
});
