/** The screens of pictures, files, imports and paper. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { drop, type Handed, paste, picture } from "./bring";
import { Desk } from "./desk";
import type { Screen, World } from "./screens";

const text = `# The mill and the store

What the drawings show, and what they leave out.

`;
const letter: Handed = { name: "Minutes of the meeting about the engine, its cards and who pays for it.pdf", type: "application/pdf", body: "%PDF-1.4 minutes" };

export const picturesScreens: readonly Screen[] = [
  {
    name: "uploads",
    who: "ada",
    go: async (page, world) => {
      await uploading(page, world);
      await expect(page.locator(".upload")).toHaveCount(3);
    },
  },
  {
    name: "uploads-tray",
    who: "ada",
    go: async (page, world) => {
      await uploading(page, world);
      const read = page.getByRole("button", { name: "Read" }).locator("visible=true").first();
      if (await read.isVisible()) await read.tap();
      else await new Desk(page).view("View");
      await expect(page.getByRole("region", { name: "Uploads" })).toBeVisible();
    },
  },
  {
    name: "picture-menu",
    who: "ada",
    go: async (page, world) => {
      await written(page, world);
      await page.locator(".cm-content").focus();
      await page.getByRole("button", { name: "Image", exact: true }).locator("visible=true").click();
      await expect(page.getByRole("menu", { name: "Image" }).or(page.getByRole("dialog", { name: "Add a picture" }))).toBeVisible();
    },
  },
  {
    name: "files",
    who: "ada",
    go: async (page, world) => {
      await withFiles(page, world);
      await openFiles(page);
    },
  },
  {
    name: "files-delete",
    who: "ada",
    go: async (page, world) => {
      await withFiles(page, world);
      await openFiles(page);
      await page.getByRole("button", { name: "Delete engine-drawing.png" }).click();
      await expect(page.getByText("The text shows it")).toBeVisible();
    },
  },
  {
    name: "files-empty",
    who: "ada",
    go: async (page, world) => {
      await written(page, world);
      await openFiles(page);
      await expect(page.getByText("No pictures or files yet")).toBeVisible();
    },
  },
  {
    name: "import",
    who: "ada",
    go: async (page, world) => {
      await listed(page, world, () => new Promise<never>(() => {}));
      await expect(page.getByText(/^Sending|^The server is making/)).toBeVisible();
    },
  },
  {
    name: "import-done",
    who: "ada",
    go: async (page, world) => {
      const skipped = [
        { path: "notes/2019/scan of a very long letter about the engine.tiff", why: "Pictures of this kind cannot be kept. Save it as PNG or JPEG and bring it again." },
        { path: "notes/.obsidian", why: "Hidden files and installed packages are left out." },
        { path: "notes/film.mov", why: "It is larger than 10 MB." },
      ];
      const documents = [1, 2, 3, 4].map((n) => ({ id: String(n), title: `Note ${n}`, url: `/d/${n}` }));
      await listed(page, world, async () => ({ documents, skipped }));
      await expect(page.getByRole("dialog", { name: "Import" })).toBeVisible();
    },
  },
  {
    name: "print",
    who: "ada",
    only: "desk",
    go: async (page, world) => {
      await withFiles(page, world);
      await page.emulateMedia({ media: "print" });
      await page.setViewportSize({ width: 660, height: 933 });
    },
  },
];

async function written(page: Page, world: World): Promise<Desk> {
  const document = await (await world.ada()).newDocument(text);
  await page.goto(`/d/${document.id}?edit`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await expect(desk.source).toBeVisible();
  await desk.toEnd();
  return desk;
}

/** Two pictures and a file, one of the pictures not in the text any more. */
async function withFiles(page: Page, world: World): Promise<void> {
  const desk = await written(page, world);
  await paste(page, {}, [picture(), letter]);
  await expect.poll(() => desk.whole()).toMatch(/\.png\)\s+\[Minutes[^]*\.pdf\)/);
  await desk.toEnd();
  await page.keyboard.insertText("\n\nSee [the drawings](https://example.org/drawings) of [Babbage](https://example.org/babbage).\n\n| Card | Columns |\n|---|--:|\n| Operation | 1 |\n\n```\nfn main() {}\n```\n");
  await desk.expectSaved();
}

async function uploading(page: Page, world: World): Promise<void> {
  const desk = await written(page, world);
  const message = "There is no room left: pictures and files of the owner take 1 GB of 1 GB. Delete some of them first.";
  let first = true;
  await page.route(/\/api\/documents\/[^/]+\/files\?/, (route) => {
    if (!first) return undefined;
    first = false;
    return route.fulfill({ status: 409, json: { error: { code: "files_full", message } } });
  });
  await paste(page, {}, [picture()]);
  await expect(page.locator(".upload").getByText("There is no room left")).toBeVisible();
  await desk.source.focus();
  await paste(page, {}, [picture("image.png"), letter]);
}

async function openFiles(page: Page): Promise<void> {
  const read = page.getByRole("button", { name: "Read" }).locator("visible=true").first();
  if (await read.isVisible()) await read.tap();
  await new Desk(page).more("Pictures and files");
  await expect(page.getByRole("dialog", { name: "Pictures and files" })).toBeVisible();
  await expect(page.locator(".file img, .files-empty").first()).toBeVisible();
}

async function listed(page: Page, world: World, answer: () => Promise<object>): Promise<void> {
  for (const title of ["A letter to Augustus", "The loom"]) await (await world.ada()).newDocument(`# ${title}\n`);
  await page.route(/\/api\/import\?/, async (route) => route.fulfill({ json: await answer() }));
  await page.goto("/");
  await expect(page.getByRole("link", { name: "The loom" })).toBeVisible();
  await drop(page.getByRole("main"), [{ name: "notes.zip", type: "application/zip", body: "PK" }]);
}
