/**
 * Words that are obeyed wherever they are shown, in windows that believe what they read: whoever puts them into a sink
 * and sees nothing run has a sink that shows nothing, or a watch that sees nothing.
 *
 * Invariant: only a believing stage has such windows. Their policy is off, and what runs there is an element that the
 * page itself would never make, by the same way that a vector would take. Next: `controls.ts`.
 */
import type { BrowserContext } from "@playwright/test";
import type { Vector } from "./vectors";

/** As words: short enough for a name, plain enough to come through every door as they are. */
export function control(n: number): Vector {
  return { n, kind: "control", text: `control-vector-${n}-fires` };
}

/** What the server wrote, as if it had not escaped the words; for where no script can read them. */
export function believed(html: string): string {
  return html.replace(/<title>[^<]*|<[^>]*>|control-vector-\d+-fires/g, (it) => (it.startsWith("<") ? it : `<b onclick="canary('${it}')">${it}</b>`));
}

/** Windows of this context read words as markup, wherever they come into a page. */
export async function believing(context: BrowserContext, scripts: "on" | "off"): Promise<void> {
  if (scripts === "on") {
    await context.addInitScript(believe);
    return;
  }
  await context.route("**/*", async (route) => {
    if (!route.request().isNavigationRequest()) return route.continue();
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: believed(await answer.text()) });
  });
}

/** Whether what was found was said by these words. */
export function told(says: string, { text }: Vector): boolean {
  return says.includes(text);
}

/** Sent into pages, so it closes over nothing. */
function believe(): void {
  const obeyed = new Set<string>();
  const obey = (said: unknown) => {
    const words = typeof said === "string" ? said : (JSON.stringify(said) ?? "");
    for (const [it] of words.matchAll(/control-vector-\d+-fires/g)) {
      if (obeyed.has(it) || !document.body) continue;
      obeyed.add(it);
      const image = document.createElement("img");
      image.setAttribute("onerror", `canary("${it}")`);
      image.src = "x:";
      document.body.append(image);
    }
  };
  const read = (node: Node) => {
    if (node instanceof Text) return void (node.parentElement?.closest("script, style") ?? obey(node.data));
    if (!(node instanceof Element)) return;
    for (const { name, value } of node.attributes) if (name !== "onerror") obey(value);
    for (const child of node.childNodes) read(child);
  };
  const changed = ({ type, target, addedNodes }: MutationRecord) => {
    if (type === "childList") addedNodes.forEach(read);
    else if (type === "characterData") read(target);
    else if (target instanceof Element) for (const { name, value } of target.attributes) if (name !== "onerror") obey(value);
  };
  new MutationObserver((records) => records.forEach(changed)).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  addEventListener("message", ({ data }) => obey(data));
  addEventListener("input", ({ target }) => target instanceof HTMLInputElement && obey(target.value), true);
  for (const event of ["load", "hashchange"]) addEventListener(event, () => obey(unescape(location.href)));
}

