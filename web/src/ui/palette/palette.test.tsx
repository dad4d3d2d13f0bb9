import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { Palette, type PaletteCommand } from "./palette";

afterEach(() => render(null, document.body));

function open() {
  const ran: string[] = [];
  const onClose = vi.fn();
  const commands: PaletteCommand[] = ["Bold", "Italic", "Link"].map((label) => ({
    id: label,
    label,
    group: "Text",
    run: () => void ran.push(label),
  }));
  act(() => render(<Palette commands={commands} onClose={onClose} />, document.body));
  return { ran, onClose };
}

const input = () => document.querySelector("input") as HTMLInputElement;
const press = (key: string) =>
  act(() => void input().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
const chosen = () => document.querySelector("[aria-selected=true]")?.textContent;

test("the arrows choose, go round, and the field points at the choice", () => {
  open();
  expect(chosen()).toBe("Bold");
  press("ArrowUp");
  expect(chosen()).toBe("Link");
  press("ArrowDown");
  press("ArrowDown");
  expect(chosen()).toBe("Italic");
  expect(input().getAttribute("aria-activedescendant")).toBe("command-Italic");
});

test("Enter closes first and then runs, so that the focus is where the command expects it", async () => {
  const { ran, onClose } = open();
  input().value = "li";
  act(() => void input().dispatchEvent(new InputEvent("input", { bubbles: true })));
  expect(document.querySelector("[aria-selected=true] b")?.textContent).toBe("Li");
  press("Enter");
  expect([onClose.mock.calls.length, ran.length]).toEqual([1, 0]);
  await vi.waitFor(() => expect(ran).toEqual(["Link"]));
});

test("nothing found is said", () => {
  open();
  input().value = "zzz";
  act(() => void input().dispatchEvent(new InputEvent("input", { bubbles: true })));
  expect(document.body.textContent).toContain("No command is called “zzz”");
});
