/** Texts that read from right to left: all of one by its front matter, parts of the other by their first letters. */
import { expect, type Page } from "@playwright/test";
import { Desk } from "./desk";
import type { Screen, World } from "./screens";

const arabic = `---
title: المحرك التحليلي
lang: ar
dir: rtl
---

# المحرك التحليلي

ينسج **المحرك التحليلي** أنماطا جبرية كما ينسج *نول جاكار* الزهور والأوراق، انظر GitHub و\`git push --force\` منذ 1837 م.

> اقتباس من آدا لوفلايس: «لا يدعي أنه يبتكر شيئا»، notes of 1843.

- بند أول مع English words داخله
- بند ثان
  1. متداخل
  2. آخر (parentheses) هنا
- [ ] مهمة مفتوحة
- [x] مهمة منتهية

| العمود | English | العدد |
|--------|---------|------:|
| واحد | one | 1,000 |

> [!NOTE]
> ملاحظة قصيرة.

\`\`\`rust
let numbers = [1, 1, 2]; // مرحبا
\`\`\`
`;

const hebrew = `# מנוע אנליטי

המנוע האנליטי *אורג דפוסים* כמו נול, ראו GitHub ו-\`git push\` משנת 1837.

This paragraph is English, with מילה inside it.

> ציטוט בעברית, with English.

- פריט ראשון
- פריט שני עם English

<!-- -->

- an English list
- of two

<details><summary>עוד</summary>

פרטים.

</details>
`;

export const tongueScreens: readonly Screen[] = [
  { name: "right-to-left", who: "ada", only: "desk", go: (page, world) => go(page, world, arabic, "both") },
  { name: "right-to-left-view", who: "ada", go: (page, world) => go(page, world, arabic, "view") },
  { name: "both-ways", who: "ada", only: "desk", go: (page, world) => go(page, world, hebrew, "both") },
  { name: "both-ways-edit", who: "ada", only: "phone", go: (page, world) => go(page, world, hebrew, "edit") },
];

async function go(page: Page, world: World, text: string, panes: "both" | "edit" | "view"): Promise<void> {
  const document = await (await world.ada()).newDocument(text);
  await world.grace(document, "English");
  await page.goto(`/d/${document.id}?${panes}`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await expect(panes === "view" ? desk.text : desk.source).toBeVisible();
  await expect(desk.people).toContainText("Grace Hopper");
}
