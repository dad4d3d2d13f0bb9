/**
 * Everything by keyboard: from the first visit to signing out, without one mouse event.
 *
 * Whoever walks sees at every stop where the focus is. Invariant: nothing here presses, hovers or focuses by script; the
 * page is asked only what a person would see.
 */
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { Desk } from "./desk";
import { password } from "./people";

/** So many stops are more than any screen has. */
const stopsMax = 80;

/** Where the focus is, and how that shows. */
interface Stop {
  name: string;
  ring: boolean;
}

class Keys {
  constructor(readonly page: Page) {}

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  /** Tab, until the focus is there. Every stop on the way shows, and none is a trap. */
  async tabTo(there: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await expect(there).toBeVisible();
    const target = await there.elementHandle();
    const stops: string[] = [];
    for (let step = 0; step < stopsMax; step++) {
      if (await target?.evaluate((element) => element === document.activeElement)) return;
      await this.press(key);
      const { name, ring } = await this.page.evaluate(look);
      expect(ring, `the focus shows on ${name}`).toBe(true);
      expect(name, `${key} leads on`).not.toBe(stops.at(-1));
      stops.push(name);
    }
    throw new Error(`${key} does not lead to ${there.toString()}: ${stops.join(" · ")}`);
  }

  async enter(there: Locator): Promise<void> {
    await this.tabTo(there);
    await this.press("Enter");
  }
}

/** In the page: what has the focus, and whether something is drawn around or under it. */
function look(): Stop {
  const element = document.activeElement ?? document.body;
  const label = element.getAttribute("aria-label") ?? element.textContent?.trim().slice(0, 40) ?? "";
  const all = [...document.querySelectorAll("*")].indexOf(element);
  const name = `${element.tagName.toLowerCase()}.${element.className} “${label}” ${all}`;
  // The document before its first stop, and text, where the caret is the sign.
  if (element === document.body || element.matches(".cm-content")) return { name, ring: true };
  const drawn = (it: Element | null, pseudo?: string) => {
    if (!it) return false;
    const { boxShadow, outlineStyle, outlineColor, opacity, content, backgroundColor } = getComputedStyle(it, pseudo);
    if (pseudo) return content !== "none" && opacity !== "0" && backgroundColor !== "rgba(0, 0, 0, 0)";
    return boxShadow.includes("0px 0px 0px 2px") || boxShadow.includes("0px 0px 0px 4px") || boxShadow.includes("0px 0px 0px 8px") ||
      (outlineStyle !== "none" && outlineColor !== "rgba(0, 0, 0, 0)");
  };
  const around = element.closest(".item, .add-field, .palette-query");
  const ring = drawn(element) || drawn(around) || drawn(element, "::after") || drawn(element.closest(".find"), "::after");
  return { name, ring };
}

test("PG71 all of it by keyboard: sign up, write, format, share, note, history, settings, sign out", async ({ window }) => {
  const page = await window(null);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const keys = new Keys(page);
  await page.goto("/");
  await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  await keys.type("Ada Lovelace");
  await keys.tabTo(page.getByLabel("Password", { exact: true }));
  await keys.type(password);
  await keys.press("Enter");
  await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
  await keys.enter(page.getByRole("button", { name: "New document" }).first());

  const desk = new Desk(page);
  await expect(desk.source).toBeFocused();
  await keys.type("# By hand\n\nIt weaves patterns.");
  await keys.press("Control+b");
  await desk.expectSource("# By hand\n\nIt weaves patterns.****");
  await keys.press("Control+z");
  for (let step = 0; step < "patterns.".length; step++) await keys.press("Shift+ArrowLeft");
  await keys.press("Control+b");
  await desk.expectSource("# By hand\n\nIt weaves **patterns.**");
  await desk.expectSaved();

  await write(keys, desk);
  await share(keys);
  await note(keys, desk);
  await past(keys);
  await leave(keys);
});

/** Tab is the text's until Esc: then it leads out, and back. */
async function write(keys: Keys, desk: Desk): Promise<void> {
  const { page } = keys;
  await expect(desk.source).toHaveAccessibleDescription("Press Escape, then Tab, to leave the editor.");
  await keys.press("Tab");
  await expect(desk.source).toBeFocused();
  await keys.press("Escape", "Tab");
  await expect(desk.source).not.toBeFocused();
  await keys.tabTo(desk.source, "Shift+Tab");
  await keys.press("Escape", "Shift+Tab");
  await expect(desk.source).not.toBeFocused();
  // The toolbar is one stop; arrows go through it.
  await keys.tabTo(page.getByRole("toolbar").getByRole("button").first(), "Shift+Tab");
  await keys.press("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft");
  await expect(page.getByRole("toolbar").getByRole("button").first()).toBeFocused();
}

async function share(keys: Keys): Promise<void> {
  const { page } = keys;
  const button = page.getByRole("button", { name: "Share", exact: true }).locator("visible=true");
  await keys.tabTo(button, "Shift+Tab");
  await keys.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Share" });
  await keys.enter(dialog.getByRole("button", { name: "Link that can edit" }));
  await keys.enter(dialog.getByRole("button", { name: "Copy", exact: true }));
  await expect(dialog.getByRole("button", { name: "Copied" })).toBeVisible();
  await keys.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
}

/** From the source: a note on what is selected, an answer, and done with it. */
async function note(keys: Keys, desk: Desk): Promise<void> {
  const { page } = keys;
  await keys.tabTo(desk.source);
  await keys.press("Control+Home", "Control+Shift+ArrowRight", "Control+Shift+ArrowRight", "Control+Alt+m");
  await keys.type("Which hand?");
  await keys.press("Control+Enter");
  const card = page.getByRole("article", { name: /^Note by Ada Lovelace on/ });
  await expect(card).toContainText("Which hand?");
  await expect(card).toBeFocused();
  await keys.press("r");
  await keys.type("The left one.");
  await keys.press("Control+Enter");
  await expect(card).toContainText("The left one.");
  await keys.tabTo(card.getByRole("button", { name: "Resolve" }), "Shift+Tab");
  await keys.press("Enter");
  await expect(card).toHaveCount(0);
  await keys.enter(page.getByRole("tab", { name: /^Open/ }));
  await keys.press("ArrowRight");
  await expect(page.getByRole("tab", { name: /^Resolved/ })).toBeFocused();
  await expect(card).toContainText("Resolved by you");
  await keys.press("Escape");
  await expect(desk.source).toBeFocused();
}

async function past(keys: Keys): Promise<void> {
  const { page } = keys;
  await keys.press("Escape");
  const more = page.getByRole("button", { name: "More", exact: true });
  await keys.tabTo(more, "Shift+Tab");
  await keys.press("Enter");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await keys.press("Escape");
  await expect(more).toBeFocused();
  await keys.press("Control+Alt+h");
  await expect(page.getByRole("region", { name: "Page of this version" })).toBeVisible();
  await keys.tabTo(page.getByRole("radio", { name: "Source" }).or(page.getByRole("button", { name: "Source", exact: true })));
  await keys.press("Enter");
  await expect(page.getByRole("region", { name: "Source of this version" })).toBeVisible();
  await keys.tabTo(page.getByRole("link", { name: /Back/ }).first(), "Shift+Tab");
  await keys.press("Enter");
  await expect(new Desk(page).source).toBeVisible();
}

async function leave(keys: Keys): Promise<void> {
  const { page } = keys;
  await keys.enter(page.getByRole("link", { name: "Your documents" }));
  await expect(page.getByRole("link", { name: "By hand" })).toBeVisible();
  const account = page.getByRole("button", { name: /Ada Lovelace|Account|You/ }).first();
  await keys.tabTo(account);
  await keys.press("Enter");
  await choose(keys, "Settings");
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await keys.tabTo(page.getByRole("button", { name: /Ada Lovelace|Account|You/ }).first());
  await keys.press("Enter");
  await choose(keys, "Sign out");
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
}

/** Down the open menu to an entry. */
async function choose(keys: Keys, entry: string): Promise<void> {
  const item = keys.page.getByRole("menuitem", { name: entry });
  await expect(item).toBeVisible();
  for (let step = 0; step < 20; step++) {
    if (await item.evaluate((element) => element === document.activeElement)) return keys.press("Enter");
    await keys.press("ArrowDown");
  }
  throw new Error(`no arrow leads to ${entry}`);
}

test("PG72 the first stop of a document skips to its text", async ({ ada, open }) => {
  const desk = await open(ada, await ada.newDocument("# A\n\n[link](https://example.org/)\n"), { panes: "view" });
  const keys = new Keys(desk.page);
  await keys.tabTo(desk.page.getByRole("link", { name: "Skip to the text" }));
  await keys.press("Enter", "Tab");
  await expect(desk.text.getByRole("link", { name: "link" })).toBeFocused();
});
