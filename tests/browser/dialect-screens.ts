/** The screens of diagrams, embeds, the outline, slides and the cheat sheet. Part of the list in `screens.ts`. */
import { expect, type Page } from "@playwright/test";
import { Desk } from "./desk";
import type { Screen, World } from "./screens";

const fence = "```";

export const talk = `# The Analytical Engine

## How a card is worked on

The store gives a number to the mill, and the mill gives it back[^1].

${fence}mermaid
flowchart LR
  A[Operation card] --> B{Mill}
  C[Variable card] --> B
  B -->|result| D[(Store)]
${fence}

## What was said

${fence}mermaid
flowchart TD
  A --> B
  B ->
${fence}

{% youtube dQw4w9WgXcQ %}

---

## What it needs

- a **store** for numbers
- a *mill* to work on them
- somebody to pay for it

---

### A long name for a part of the text that does not fit into the pane

It has no pretensions to originate anything.

#### And below it

Nothing.

[^1]: By a train of levers.
`;

export const dialectScreens: readonly Screen[] = [
  { name: "diagrams", who: "ada", go: (page, world) => drawn(page, world, "view") },
  {
    name: "diagrams-mistake",
    who: "ada",
    go: async (page, world) => {
      await drawn(page, world, "view");
      await page.getByRole("heading", { name: "What was said" }).evaluate((heading) => heading.scrollIntoView());
      await expect(page.locator("[data-says]")).toBeVisible();
    },
  },
  {
    name: "outline",
    only: "desk",
    who: "ada",
    go: async (page, world) => {
      await drawn(page, world, "both");
      await page.keyboard.press("Control+Alt+o");
      await expect(page.getByRole("navigation", { name: "Outline" }).locator("[aria-current]")).toBeVisible();
    },
  },
  {
    name: "outline-sheet",
    only: "phone",
    who: "ada",
    go: async (page, world) => {
      await drawn(page, world, "view");
      await new Desk(page).more("Outline");
      await expect(page.getByRole("dialog", { name: "Outline" }).getByRole("listitem").first()).toBeVisible();
    },
  },
  {
    name: "slides",
    who: "ada",
    go: async (page, world) => {
      await shown(page, world, "view&slides");
      await expect(page.getByRole("navigation", { name: "Slides" })).toContainText("1 of 3");
      await page.keyboard.press("ArrowRight");
      await expect(page.getByRole("navigation", { name: "Slides" })).toContainText("2 of 3");
    },
  },
  {
    name: "slides-long",
    who: "ada",
    go: async (page, world) => {
      await shown(page, world, "view&slides");
      await expect(page.getByRole("img", { name: "Flowchart" })).toBeVisible();
    },
  },
  {
    name: "cheat-sheet",
    who: "ada",
    go: async (page, world) => {
      await shown(page, world, "view");
      await new Desk(page).more("Markdown cheat sheet");
      await expect(page.getByRole("dialog", { name: "Markdown" }).locator("strong")).toBeVisible();
    },
  },
];

async function shown(page: Page, world: World, words: string): Promise<void> {
  const document = await (await world.ada()).newDocument(talk);
  await page.goto(`/d/${document.id}?${words}`);
  await expect(page.locator("article.prose")).toContainText("The store gives");
}

async function drawn(page: Page, world: World, words: string): Promise<void> {
  await shown(page, world, words);
  await new Desk(page).expectSaved();
  await expect(page.getByRole("img", { name: "Flowchart" })).toBeVisible();
}
