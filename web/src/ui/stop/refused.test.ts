import { expect, test } from "vitest";
import { refusal } from "./refused";

test("only a refusal that takes the document away ends the page", () => {
  expect([4401, 4403, 4404].every((code) => refusal(code))).toBe(true);
  expect([4400, 4409, 4413, 4503, 1006].some((code) => refusal(code))).toBe(false);
});
