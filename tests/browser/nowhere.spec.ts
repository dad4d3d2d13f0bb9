/** PG84: links whose address is none. */
import { expect, test } from "./fixtures";
import { History, nameVersion } from "./history";

const bad = "https://example.org:99999/x";
const sentence = `This link leads nowhere: “${bad}” is not an address.`;

test("PG84 a link whose address is none is not followed, and the page says so", async ({ ada, open }) => {
  const document = await ada.newDocument(`Read [the plan](${bad}) first.\n`);
  await nameVersion(ada, document, "first");
  const { page, text } = await open(ada, document, { panes: "both" });
  const told = page.getByRole("status").filter({ hasText: sentence });
  const address = page.url();
  await text.getByRole("link", { name: "the plan" }).click();
  await expect(told).toHaveCount(1);
  expect(page.url()).toBe(address);
  const past = await History.open(page, document);
  await past.text.getByRole("link", { name: "the plan" }).click();
  await expect(told).toHaveCount(1);
  expect(page.context().pages()).toEqual([page]);
});
