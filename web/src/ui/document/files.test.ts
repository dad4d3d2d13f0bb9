import { expect, test } from "vitest";
import { fileName, htmlFile } from "./files";

test.each([
  ["What “Saved” means", "What “Saved” means.md"],
  ["a/b\\c: d?", "a b c d.md"],
  ["...", "Untitled.md"],
  ["", "Untitled.md"],
  ["x".repeat(200), "x".repeat(80) + ".md"],
])("%s is saved as %s", (title, name) => expect(fileName(title, "md")).toBe(name));

test("the page is the text without what only the editor needs", () => {
  const article = document.createElement("article");
  for (const name of ["h1", "p"]) {
    const block = document.createElement("div");
    block.className = "block";
    block.append(document.createElement(name));
    block.firstElementChild?.setAttribute("data-line", "0");
    article.append(block);
  }
  const page = htmlFile("A <b>", article);
  expect(page).toContain("<main><h1></h1><p></p></main>");
  expect(page).toContain("<title>A &lt;b&gt;</title>");
  expect(article.querySelectorAll(".block")).toHaveLength(2);
});
