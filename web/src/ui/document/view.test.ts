import { expect, test } from "vitest";
import { firstView, viewOf, withView } from "./view";

test("the address carries the view as a bare word and keeps the rest", () => {
  expect(viewOf("?both")).toBe("both");
  expect(viewOf("?edit=1")).toBe("edit");
  expect(viewOf("?editor")).toBeNull();
  expect(withView("http://h/d/1?both#x", "view")).toBe("/d/1?view#x");
  expect(withView("http://h/d/1?from=mail&edit", "both")).toBe("/d/1?from=mail&both");
});

test("writers write, readers and guests read first", () => {
  const arrival = { writes: true, guest: false, empty: false, phone: false };
  expect(firstView(arrival)).toBe("both");
  expect(firstView({ ...arrival, guest: true })).toBe("view");
  expect(firstView({ ...arrival, writes: false, empty: true })).toBe("view");
  expect(firstView({ ...arrival, phone: true })).toBe("view");
  expect(firstView({ ...arrival, phone: true, empty: true })).toBe("edit");
  expect(firstView({ ...arrival, phone: true, empty: true, guest: true })).toBe("view");
});
