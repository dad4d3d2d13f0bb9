/**
 * The renderer and Chromium agree: the elements Chromium finds are those the renderer wrote, one in another as it wrote
 * them, and what Chromium would write down is read as the same again.
 *
 * Invariant: the renderer escapes every `<` it does not mean, so its tags can be counted without a parser.
 */
import type { Page } from "@playwright/test";
import { allowed, allowedAttributes } from "./look";

interface Rules {
  html: readonly string[];
  allowed: readonly string[];
  attributes: readonly string[];
}

/** A sentence for each that is not as written. */
export function differences(page: Page, html: readonly string[]): Promise<string[]> {
  return page.evaluate(compare, { html, allowed, attributes: allowedAttributes });
}

function compare({ html, allowed, attributes }: Rules): string[] {
  const found: string[] = [];
  const empty = new Set(["br", "hr", "img", "input", "col", "source", "wbr"]);
  // Every tag that was written, with how deep it is.
  const written = (text: string) => {
    const tags: string[] = [];
    let depth = 0;
    for (const [, end, name = "", rest = ""] of text.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s[^<>]*)?)>/g)) {
      if (end) {
        depth--;
        continue;
      }
      const named = [...rest.matchAll(/\s([a-z-]+)(?:="[^"]*")?/g)].map(([, it]) => it).sort();
      tags.push(`${depth} ${name} ${named.join()}`);
      if (!empty.has(name)) depth++;
    }
    return tags;
  };
  const parsed = (root: Node) => {
    const tags: string[] = [];
    const walk = (node: Node, depth: number) => {
      for (const child of node.childNodes) {
        if (child instanceof Element) {
          tags.push(`${depth} ${child.localName} ${[...child.attributes].map(({ name }) => name.toLowerCase()).sort().join()}`);
          if (!allowed.includes(child.localName)) found.push(`an element that may not be: ${child.outerHTML.slice(0, 120)}`);
          for (const { name } of child.attributes) if (!attributes.includes(name.toLowerCase())) found.push(`an attribute that may not be, ${name}: ${child.outerHTML.slice(0, 120)}`);
          walk(child, depth + 1);
        } else if (!(child instanceof Text)) found.push(`neither element nor text: ${child.nodeName}`);
      }
    };
    walk(root, 0);
    return tags;
  };
  const unlike = (a: readonly string[], b: readonly string[]) => {
    const at = a.findIndex((tag, index) => tag !== b[index]);
    return at < 0 && a.length === b.length ? null : `${a[at] ?? "nothing more"} became ${b[at < 0 ? a.length : at] ?? "nothing"}`;
  };
  html.forEach((text, n) => {
    const meant = written(text);
    const template = document.createElement("template");
    template.innerHTML = text;
    const whole = new DOMParser().parseFromString(`<!doctype html><body><article>${text}</article></body>`, "text/html");
    const article = whole.querySelector("article");
    const again = document.createElement("template");
    again.innerHTML = template.innerHTML;
    const trees = [parsed(template.content), article ? parsed(article) : [], parsed(again.content)];
    for (const [at, how] of ["in a fragment", "in a page", "written down and read again"].entries()) {
      const says = unlike(meant, trees[at] ?? []);
      if (says) found.push(`${how}, batch's number ${n}: ${says}: ${text.slice(0, 300)}`);
    }
    // A carriage return that a reference names is a line end to whoever reads what any browser writes down.
    const returns = template.content.textContent?.includes("\r") ?? false;
    if (!returns && !again.content.isEqualNode(template.content)) found.push(`written down it is read otherwise, batch's number ${n}: ${text.slice(0, 300)}`);
    if (whole.body.children.length !== 1 || whole.head.children.length > 0) found.push(`it leaves its place: ${text.slice(0, 300)}`);
  });
  return found;
}
