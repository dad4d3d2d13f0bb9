/** RE23 in a browser: the larger renderer is fetched when a text comes to need it, and what is the same stays. */
import { expect, test } from "./fixtures";
import { Desk } from "./desk";

test("re23 a formula brings the full renderer, and the blocks around it stay the same elements", async ({ ada, window }) => {
  const document = await ada.newDocument("# Plain\n\nNothing but words.\n\nThe end.\n");
  const page = await window(ada);
  const modules: string[] = [];
  page.on("request", (request) => {
    const name = /\/(render[a-z-]*)-[^/]*\.wasm$/.exec(request.url())?.[1];
    if (name) modules.push(name);
  });
  await page.goto(`/d/${document.id}?both`);
  const desk = new Desk(page);
  await desk.expectSaved();
  await desk.toEnd();
  await page.keyboard.insertText("\n\nAnother.");
  await expect(desk.text).toContainText("Another.");
  const words = desk.text.getByText("Nothing but words.");
  await words.evaluate((element) => element.setAttribute("data-same", ""));
  expect(modules.filter((name) => name === "render-full")).toEqual([]);

  await desk.toEnd();
  await page.keyboard.insertText("\n\nEuler: $e^{i\\pi}$ :tada:");
  await expect(desk.text.locator("math msup")).toBeVisible();
  await expect(desk.text).toContainText("🎉");
  await expect(desk.text.locator("[data-same]")).toHaveText("Nothing but words.");
  expect(modules.filter((name) => name === "render-full")).toEqual(["render-full"]);

  // The server says at once which the text needs.
  await desk.expectSaved();
  await expect.poll(() => page.request.get(`/d/${document.id}`).then((answer) => answer.text())).toContain('"renderer":"full"');
  modules.length = 0;
  await page.reload();
  await expect(desk.text.locator("math msup")).toBeVisible();
  await desk.toEnd();
  await page.keyboard.insertText(" more");
  await expect(desk.text).toContainText("🎉 more");
  expect(modules).not.toContain("render");
});

test("re17 no formula of the hostile ones runs or reaches anything", async ({ ada, window }) => {
  const text = [
    "$\\operatorname{<img/src/onerror=alert(1)>}$",
    "$$\\text{</mtext><script>alert(1)</script>}$$",
    "$\\href{javascript:alert(1)}{x}$",
    "```math\n<annotation-xml encoding=\"text/html\"><img src=x onerror=alert(1)></annotation-xml>\n```",
    "$\\operatorname*{</mi></math><img src=x onerror=alert(1)>}$",
  ].join("\n\n");
  const document = await ada.newDocument(text);
  const page = await window(ada);
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs++;
    void dialog.dismiss();
  });
  await page.goto(`/d/${document.id}?both`);
  await expect(page.locator("article .math.bad, article math").first()).toBeVisible();
  await expect(page.locator("article :is(img, script, annotation-xml, [href^='javascript'], [onerror])")).toHaveCount(0);
  expect(dialogs).toBe(0);
});
