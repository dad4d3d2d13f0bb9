import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { Check } from "./action-icons";
import { Menu } from "./menu";

afterEach(() => render(null, document.body));

async function open(run = vi.fn()) {
  const entries = ["One", "Two"].map((label) => ({ kind: "action", label, icon: Check, run }) as const);
  await act(() => render(<Menu label="More" class="icon" button="…" entries={entries} />, document.body));
  await act(() => document.querySelector("button")?.click());
  return run;
}

async function press(key: string) {
  await act(
    () =>
      void document.activeElement?.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
      ),
  );
}

test("the arrows go round, Esc gives the focus back", async () => {
  await open();
  const items = [...document.querySelectorAll("[role=menuitem]")];
  expect(document.activeElement).toBe(items[0]);
  await press("ArrowUp");
  expect(document.activeElement).toBe(items[1]);
  await press("ArrowDown");
  expect(document.activeElement).toBe(items[0]);
  await press("Escape");
  expect(document.querySelector("[role=menu]")).toBeNull();
  expect(document.activeElement?.getAttribute("aria-label")).toBe("More");
});

test("an entry runs once the menu is gone and the button has the focus", async () => {
  const run = await open(vi.fn(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("More")));
  await act(() => document.querySelector<HTMLElement>("[role=menuitem]")?.click());
  expect(run).toHaveBeenCalledOnce();
  expect(document.querySelector("[role=menu]")).toBeNull();
});
