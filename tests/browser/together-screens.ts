/** The screens of being in a text together. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { Desk } from "./desk";
import type { Screen, World } from "./screens";

export const togetherScreens: readonly Screen[] = [
  { name: "following-edit", only: "desk", who: "ada", go: (page, world) => following(page, world, "edit") },
  { name: "following-both", only: "desk", who: "ada", go: (page, world) => following(page, world, "both") },
  { name: "following-view", who: "ada", go: (page, world) => following(page, world, "view") },
  {
    name: "called",
    who: "ada",
    go: async (page, world) => {
      await crowd(page, world, "view");
      await world.join(await opened(page, world), "Tomasz Bielak", "edit", { line: 56, call: Date.now() });
      await expect(page.getByRole("group", { name: "Following" })).toContainText("Tomasz Bielak brought everybody here");
    },
  },
  { name: "here", who: "ada", go: async (page, world) => (await crowd(page, world, "both"), list(page)) },
  {
    name: "here-tip",
    only: "desk",
    who: "ada",
    go: async (page, world) => {
      await crowd(page, world, "both");
      await page.getByRole("button", { name: "Follow Ama Serwaa" }).focus();
      await page.keyboard.press("Tab");
      await page.keyboard.press("Shift+Tab");
    },
  },
];

async function following(page: Page, world: World, panes: "edit" | "both" | "view"): Promise<void> {
  await crowd(page, world, panes);
  await page.getByRole("button", { name: "Follow Ama Serwaa" }).click();
  await expect(page.getByRole("group", { name: "Following" })).toBeVisible();
  await expect(page.getByText("Part 10").locator("visible=true").first()).toBeInViewport();
  await page.mouse.move(0, 400);
}

async function list(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Everybody here/ }).locator("visible=true").click();
  await expect(page.getByRole("dialog", { name: "Everybody here" })).toBeVisible();
}

const parts = Array.from({ length: 24 }, (_, n) => `## Part ${n + 1}\n\n${"The engine weaves algebraical patterns. ".repeat(4)}\n\nIt has no pretensions to originate anything.\n`);

/** Ada's long document in a window, with six others in it. */
async function crowd(page: Page, world: World, panes: "edit" | "both" | "view"): Promise<void> {
  const document = await (await world.ada()).newDocument(`# What it weaves\n\n${parts.join("\n")}`);
  const at = { line: 56 };
  for (const [name, role, said] of [
    ["Grace Hopper", "edit", at],
    ["Ama Serwaa", "edit", at],
    ["Quiet Heron", "view", { idle: true }],
    ["Jonas Weil of the Diffusion Society", "view", at],
    ["Bold Wren", "view", at],
    ["Calm Otter", "view", at],
  ] as const)
    await world.join(document, name, role, said);
  await page.goto(`/d/${document.id}?${panes}`);
  const shown = new Desk(page);
  await shown.expectSaved();
  await expect(shown.people).toContainText("Grace Hopper");
}

async function opened(page: Page, world: World) {
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  return (await (await (await world.ada()).call("GET", `/api/documents/${id}`)).json()) as Parameters<World["join"]>[0];
}
