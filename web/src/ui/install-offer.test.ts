import { expect, test } from "vitest";
import { installGalley, installsByHand, offer } from "./install-offer";

test("OF40 the browser's offer is kept, made when it is asked for, and once", () => {
  let prompted = 0;
  const event = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), { prompt: async () => void prompted++ });
  dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
  expect(offer.value).toBe(event);
  installGalley();
  installGalley();
  expect(prompted).toBe(1);
  expect(offer.value).toBeNull();
});

test.each([
  ["an iPhone in Safari", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", 5, false, true],
  ["an iPad that says it is a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 5, false, true],
  ["an iPhone that has it", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)", 5, true, false],
  ["a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", 0, false, false],
  ["an Android phone", "Mozilla/5.0 (Linux; Android 15)", 5, undefined, false],
] as const)("OF40 the way by hand is told to %s: %s", (_, userAgent, maxTouchPoints, standalone, told) => {
  expect(installsByHand({ userAgent, maxTouchPoints }, standalone)).toBe(told);
});
