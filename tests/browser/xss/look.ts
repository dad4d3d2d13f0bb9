/**
 * Looks at every element of a page, in shadow trees and frames too, for what must not be there, and sets off whatever
 * waits for somebody to move, press, type or scroll.
 *
 * Invariant: one function that closes over nothing, since it is sent into pages. What may stand in a text is read from
 * the renderer's own list (`web/render/src/allow.rs`), and beside it only what the renderer writes of its own.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame, Page } from "@playwright/test";
import { taken } from "./classes/names";
import type { Watch } from "./watch";

const listed = readFileSync(join(import.meta.dirname, "../../../web/render/src/allow.rs"), "utf8");
const raw = [...listed.matchAll(/(?:inline|block|part)\(\s*"(\w+)"/g)].map(([, name = ""]) => name);
const mathematics =
  "math mfrac mi mmultiscripts mn mo mover mpadded mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover menclose merror mphantom none".split(" ");

/** Elements of a text. */
export const allowed: readonly string[] = [...raw, ...mathematics, "input", "nav"];

/** Attributes of a text's elements, from all of them; what each may hold is judged beside. */
export const allowedAttributes: readonly string[] =
  "align alt aria-label aria-checked aria-hidden aria-labelledby checked class colspan data-diagram data-embed data-id data-line data-label data-lang data-start datetime decoding dir disabled depth display height href id largeop linethickness lang loading mathvariant maxsize media minsize movablelimits name open rel reversed role rowspan scope sizes span src srcset start stretchy symmetric tabindex title type value width".split(
    " ",
  );

/** Elements of the application around it. */
const ui =
  "html head body title meta link script style noscript a b i s u q em strong small dialog span div p ul ol li dl dt dd h1 h2 h3 h4 h5 h6 hr br header main nav section aside article footer button input textarea label select option optgroup form fieldset legend svg path circle rect line polyline polygon ellipse g table thead tbody tr td th time kbd code pre output progress details summary del ins mark img iframe figure blockquote".split(
    " ",
  );

interface Rules {
  ui: readonly string[];
  elements: readonly string[];
  taken: readonly string[];
  canary: string;
  scope: string;
}

/** What is wrong with one frame's document. */
function audit({ ui, elements, taken, canary, scope }: Rules): string[] {
  const found: string[] = [];
  const addresses = /^(?:href|src|action|formaction|xlink:href|data|poster|background|cite|ping|longdesc|manifest|codebase|to|from|values)$/;
  const shown = (element: Element) => element.outerHTML.slice(0, 160);
  const bare = (text: string) => text.replace(/[\0-\x20\u007f-\u009f]/g, "").toLowerCase();
  const runs = (text: string) => /^(?:javascript|vbscript|livescript|mocha|file|filesystem|chrome|intent):/.test(text) || /^data:(?!image\/(?:png|jpeg|gif|webp|svg\+xml)[;,])/.test(text);
  // Somebody who was named in a note: nothing in it but words, and the name they are named by.
  const mention = (element: Element) => element.matches("p.say > bdi.mention") && element.childElementCount === 0 && element.attributes.length === 2 && /^mention p\d+$/.test(element.className) && /^@[a-z0-9-]+$/i.test(element.getAttribute("title") ?? "");
  const judge = (element: Element, prose: boolean) => {
    const name = element.localName;
    for (const attribute of element.attributes) {
      const value = bare(attribute.value);
      if (/^on/i.test(attribute.name)) found.push(`a handler: ${shown(element)}`);
      if (addresses.test(attribute.name) && runs(value)) found.push(`an address that runs: ${shown(element)}`);
      if (prose && attribute.name === "style" && !element.matches(".embed-frame, .embed-frame *, img.picture")) found.push(`a style: ${shown(element)}`);
      if (prose && attribute.name === "id" && !/^(?:u-|fn-\d|fnref-\d)/.test(attribute.value)) found.push(`an id: ${shown(element)}`);
    }
    if (prose) {
      const ours = element.matches("button.embed-button, .embed-frame, .embed-frame *, img.picture, .gone, .gone *, [data-mark], button.copy, button.copy *");
      if (!ours && !elements.includes(name)) found.push(`an element: ${shown(element)}`);
      if (name === "input" && (element.getAttribute("type") !== "checkbox")) found.push(`a field: ${shown(element)}`);
    }
    if (!prose && !ui.includes(name) && !mention(element)) found.push(`an element: ${shown(element)}`);
    if (!prose && name === "img" && element.hasAttribute("src") && !/^(?:\/u\/|data:image\/|blob:|\/icons?\/)/.test(element.getAttribute("src") ?? "")) found.push(`a picture: ${shown(element)}`);
    if (name === "iframe" && !/^\/frame\//.test(element.getAttribute("src") ?? "")) found.push(`a frame: ${shown(element)}`);
    if (/^(?:base|object|embed|applet|frame|frameset|portal|template)$/.test(name)) found.push(`an element: ${shown(element)}`);
    // A page on a disk has its policy in itself, before anything else.
    const policy = element.getAttribute("http-equiv") === "Content-Security-Policy" && /^default-src 'none'; img-src data: https:; style-src 'unsafe-inline'$/.test(element.getAttribute("content") ?? "");
    if (name === "meta" && ((element.hasAttribute("http-equiv") && !policy) || !element.closest("head"))) found.push(`a meta: ${shown(element)}`);
    if (name === "link" && (bare(element.getAttribute("href") ?? "").startsWith(canary) || !element.closest("head"))) found.push(`a link: ${shown(element)}`);
    if (name === "script" && !scriptOfOurs(element as HTMLScriptElement)) found.push(`a script: ${shown(element)}`);
    if (name === "form" && element.hasAttribute("action")) found.push(`a form: ${shown(element)}`);
  };
  const scriptOfOurs = (script: HTMLScriptElement) => (script.type === "application/json" && script.id === "boot") || (script.matches("head > script[nonce]") && script.nonce !== "" && script.text.startsWith("\nconst start = ")) || /^\/assets\//.test(script.getAttribute("src") ?? "") || new URL(script.src || "about:blank").pathname.startsWith("/assets/");
  const walk = (root: Document | ShadowRoot) => {
    for (const element of root.querySelectorAll("*")) {
      const prose = element.parentElement?.closest(scope) ?? null;
      judge(element, prose !== null);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(document);
  const isNode = (of: object, name: string) => {
    try {
      const it = (of as Record<string, unknown>)[name];
      return it instanceof Element || it instanceof HTMLCollection;
    } catch {
      // What a frame of another origin may not read is not an element.
      return false;
    }
  };
  const own = new Set(["body", "head", "forms", "images", "links", "scripts", "documentElement", "activeElement", "all", "anchors", "applets", "children", "firstChild", "currentScript", "firstElementChild"]);
  for (const name of taken) {
    if (!own.has(name) && isNode(document, name)) found.push(`document.${name} is an element`);
    if (isNode(globalThis, name) && !["app", "boot"].includes(name)) found.push(`${name} is an element`);
  }
  if ("polluted" in {}) found.push("every object has what a text said");
  for (const key in {}) found.push(`every object has ${key}`);
  return found;
}

/** Tells every element of the scope that everything has happened to it; links that lead elsewhere are not followed. */
function fire(scope: string): void {
  // Of an address that is none the protocol is empty.
  const harmless = /^(?:https?|mailto|tel|sms|ftp|xmpp|irc|ircs|matrix)?:$/;
  const stay = (event: Event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link instanceof HTMLAnchorElement && harmless.test(link.protocol)) event.preventDefault();
  };
  addEventListener("click", stay, true);
  const elements = document.querySelectorAll<HTMLElement>(scope.split(",").map((part) => `${part} *`).join());
  type Makes = new (type: string, init: EventInit) => Event;
  const kinds: [string, Makes][] = [
    ...["mouseover", "mouseenter", "mousemove", "mouseout", "mousedown", "mouseup", "click", "dblclick", "contextmenu", "auxclick", "wheel"].map((name): [string, Makes] => [name, MouseEvent]),
    ...["pointerover", "pointerenter", "pointermove", "pointerdown", "pointerup"].map((name): [string, Makes] => [name, PointerEvent]),
    ...["keydown", "keypress", "keyup"].map((name): [string, Makes] => [name, KeyboardEvent]),
    ...["focus", "focusin", "blur", "input", "change", "submit", "toggle", "beforetoggle", "scroll", "scrollend", "animationstart", "animationend", "transitionend", "load", "error", "begin", "play", "select", "invalid", "cancel", "close", "copy", "paste", "drag", "drop"].map(
      (name): [string, Makes] => [name, Event],
    ),
  ];
  for (const element of elements) {
    // Only what says that it listens is told all of it; our own buttons are not pressed.
    if (element.closest("button, .embed-frame, .cm-editor, summary")) continue;
    const listens = [...element.attributes].some(({ name }) => /^on/i.test(name));
    if (!listens && !element.matches("a, [tabindex], details, img, input, area, svg, svg *, math, math *")) continue;
    element.focus?.({ preventScroll: true });
    for (const [name, Kind] of kinds) element.dispatchEvent(new Kind(name, { bubbles: false, cancelable: true }));
    if (element.matches("a, area, svg a")) element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }
  for (const element of elements) if (element instanceof HTMLDetailsElement) element.open = true;
  removeEventListener("click", stay, true);
}

/** Looks, and sets everything off that is in the scope; what is prose is a text, and may hold what a text may. */
export async function look(page: Page, watch: Watch, scope = ".prose", prose = ".prose"): Promise<void> {
  await still(page, watch, prose);
  await inside(page.mainFrame(), async () => (await page.evaluate(fire, scope), []));
  // Whatever was set off has run, and what it says has come here, before an answer to this does.
  await inside(page.mainFrame(), async () => (await page.evaluate(() => new Promise((next) => setTimeout(next, 0))), []));
}

/** Looks only: where scripts are off nothing can be set off. */
export async function still(page: Page, watch: Watch, scope = ".prose"): Promise<void> {
  const rules = { ui, elements: allowed, taken, canary: canaryOf, scope };
  for (const frame of page.frames()) {
    if (frame !== page.mainFrame() && !isOurs(frame)) continue;
    for (const says of await inside(frame, () => frame.evaluate(audit, rules))) watch.add("element", says);
  }
}

const canaryOf = "/xss-canary";

function isOurs(frame: Frame): boolean {
  return frame.url().includes("/frame/diagram");
}

/** A page that went away under our hands is found by its watch. */
async function inside(frame: Frame, act: () => Promise<string[]>): Promise<string[]> {
  try {
    return await act();
  } catch (error) {
    return [`the page went away: ${frame.url()} ${String(error).split("\n")[0] ?? ""}`];
  }
}
