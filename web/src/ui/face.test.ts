import { expect, test } from "vitest";
import { initials } from "./face";

test.each([
  ["Maren Holt", "MH"],
  ["ama", "A"],
  ["Quiet Heron", "QH"],
  ["Jean-Luc de la Tour", "JT"],
  ["  ", "?"],
  ["😀 Smile", "😀S"],
])("%s is drawn as %s", (name, letters) => expect(initials(name)).toBe(letters));
