import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { AccountForm, check, type Failure } from "./account-form";

afterEach(() => render(null, document.body));

function form(kind: "create" | "signin", answer: Failure | null = null) {
  const onSubmit = vi.fn(async () => answer);
  act(() => render(<AccountForm kind={kind} note={null} onSubmit={onSubmit} children={null} />, document.body));
  return onSubmit;
}

async function fill(name: string, password: string): Promise<void> {
  for (const [id, value] of [
    ["name", name],
    ["password", password],
  ] as const) {
    const field = document.querySelector<HTMLInputElement>(`#${id}`);
    if (!field) throw new Error(`no field ${id}`);
    field.value = value;
    await act(() => void field.dispatchEvent(new InputEvent("input", { bubbles: true })));
  }
  await act(
    async () =>
      void document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })),
  );
}

test("what is typed as a name becomes an account name and stays the display name", async () => {
  const onSubmit = form("create");
  await fill("Maren Holt", "correct horse");
  expect(onSubmit).toHaveBeenCalledWith({ name: "maren-holt", password: "correct horse", display: "Maren Holt" });
});

test("a problem stands under its own field, and the field has the focus", async () => {
  const onSubmit = form("create");
  await fill("Maren Holt", "short");
  expect(onSubmit).not.toHaveBeenCalled();
  const field = document.querySelector("#password");
  expect(field?.getAttribute("aria-invalid")).toBe("true");
  expect(document.querySelector("#password-problem")?.textContent).toContain("at least 8 characters");
  expect(field?.getAttribute("aria-describedby")).toBe("password-problem");
  expect(document.activeElement).toBe(field);
});

test("the server's sentence is shown at the field it is about", async () => {
  form("create", { field: "name", sentence: "That name is taken." });
  await fill("Maren Holt", "correct horse");
  expect(document.querySelector("#name-problem")?.textContent).toBe("That name is taken.");
});

test("signing in does not judge the length of a password", () => {
  expect(check("signin", "maren", "short")).toBeNull();
  expect(check("create", "maren", "short")?.field).toBe("password");
  expect(check("signin", "", "x")?.field).toBe("name");
});
