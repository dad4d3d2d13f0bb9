import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { firstView, phoneQuery, viewOf, withView } from "./view";

test("the address carries the view as a bare word and keeps the rest", () => {
  expect(viewOf("?both")).toBe("both");
  expect(viewOf("?edit=1")).toBe("edit");
  expect(viewOf("?editor")).toBeNull();
  expect(withView("http://h/d/1?both#x", "view")).toBe("/d/1?view#x");
  expect(withView("http://h/d/1?from=mail&edit", "both")).toBe("/d/1?from=mail&both");
});

test("writers write, readers and guests read first", () => {
  const arrival = { role: "edit", guest: false, empty: false, phone: false } as const;
  expect(firstView(arrival)).toBe("both");
  expect(firstView({ ...arrival, guest: true })).toBe("view");
  expect(firstView({ ...arrival, role: "comment", empty: true })).toBe("view");
});

test("PG45 on a phone one reads first, but for one's own document and an empty one", () => {
  const arrival = { role: "edit", guest: false, empty: false, phone: true } as const;
  expect(firstView(arrival)).toBe("view");
  expect(firstView({ ...arrival, role: "own" })).toBe("edit");
  expect(firstView({ ...arrival, empty: true })).toBe("edit");
  expect(firstView({ ...arrival, empty: true, guest: true })).toBe("view");
  expect(firstView({ ...arrival, role: "view", empty: true })).toBe("view");
});

test("PG49 the style sheets mean the same phones as the page", () => {
  for (const sheet of ["phone", "notes-phone", "dialog", "uploads", "strips", "follow", "floating"]) {
    const css = readFileSync(`src/styles/${sheet}.css`, "utf8");
    expect(css, sheet).toContain(`@media ${phoneQuery} {`);
    expect(css, sheet).not.toMatch(/@media \(max-width: 719px\) \{/);
  }
});
