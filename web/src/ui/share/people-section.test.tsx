import { render } from "preact";
import { expect, test, vi } from "vitest";
import type { LinkRole, Member, Role } from "../../session/api";
import { createAccess } from "./access";
import { PeopleSection } from "./people-section";

const person = (name: string) => ({ author: `id-${name}`, display: name, peer: 1, guest: false, name });
const bob: Member = { ...person("bob"), role: "edit", added_ms: 1 };

async function show(role: Role) {
  const calls = {
    members: async () => ({ owner: person("ada"), members: [bob] }),
    requests: async () => [],
    add: vi.fn(async () => Promise.reject(new Error("Nobody here has this account name."))),
    change: vi.fn(async (_author: string, role: LinkRole) => ({ ...bob, role })),
    remove: vi.fn(async () => {}),
    handOver: vi.fn(async () => {}),
    allow: vi.fn(async () => bob),
    decline: vi.fn(async () => {}),
  };
  const access = createAccess(calls);
  const place = document.createElement("div");
  document.body.replaceChildren(place);
  render(
    <PeopleSection access={access} owner={person("ada")} me="id-ada" role={role} address="https://h/d/1" />,
    place,
  );
  access.load(role);
  if (role !== "view") await vi.waitFor(() => expect(place.textContent).toContain("bob"));
  return { place, calls };
}

const button = (place: Element, label: string) =>
  [...place.querySelectorAll("button")].find((it) => it.textContent === label);

test("taking somebody out asks first, and the role stays what it was meanwhile", async () => {
  const { place, calls } = await show("own");
  const role = place.querySelector<HTMLSelectElement>("select[aria-label='What bob may do']");
  role!.value = "Remove…";
  role!.dispatchEvent(new Event("change", { bubbles: true }));
  await vi.waitFor(() => expect(button(place, "Remove")).toBeTruthy());
  expect(role!.value).toBe("edit");
  expect(calls.change).not.toHaveBeenCalled();
  expect(calls.remove).not.toHaveBeenCalled();
  button(place, "Remove")!.click();
  await vi.waitFor(() => expect(place.textContent).not.toContain("bob"));
  expect(calls.remove).toHaveBeenCalledWith("id-bob");
});

test("why somebody was not added is said at the field", async () => {
  const { place } = await show("own");
  const field = place.querySelector<HTMLInputElement>("input")!;
  field.value = "nobody";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await vi.waitFor(() => {
    place.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    expect(field.getAttribute("aria-describedby")).toBe("add-problem");
  });
  expect(place.querySelector("#add-problem")?.textContent).toBe("Nobody here has this account name.");
  expect(field.value).toBe("nobody");
});

test("an editor reads who has access; a reader learns the owner only", async () => {
  const editor = await show("edit");
  expect(editor.place.querySelector("select")).toBeNull();
  expect(editor.place.textContent).toContain("Only the owner can change who has access.");
  const reader = await show("view");
  expect(reader.place.textContent).toContain("ada");
  expect(reader.place.textContent).not.toContain("bob");
  expect(button(reader.place, "Copy address")).toBeTruthy();
});
