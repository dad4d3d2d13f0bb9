/**
 * The page in the sandboxed frame: text in, picture out.
 *
 * It has an origin of its own, no storage, no network but the site's assets, and one port to the page that holds it.
 * Mermaid is loaded at the first question; one drawing at a time, and nothing of it stays. Next: `preview/living/painter.ts`.
 */
import "../styles/tokens.css";
import { type Answer, type Ask, hello } from "./messages";
import { mistakeOf } from "./mistake";
import { settings } from "./settings";

addEventListener("message", function greet({ data, ports: [port], source }) {
  if (data !== hello || source !== parent || !port) return;
  removeEventListener("message", greet);
  const say = (answer: Answer) => port.postMessage(answer);
  let last: Promise<unknown> = Promise.resolve();
  port.onmessage = ({ data: ask }: MessageEvent<Ask>) => {
    last = last.then(() => draw(ask)).then(say);
  };
  say({ kind: "ready" });
});

async function draw({ id, text, scheme }: Ask): Promise<Answer> {
  try {
    const { default: mermaid } = await import("mermaid");
    document.documentElement.dataset["theme"] = scheme;
    mermaid.initialize(settings(colours()));
    const { svg } = await mermaid.render(`drawing-${id}`, text);
    return { kind: "picture", id, ...alone(svg) };
  } catch (error) {
    return { kind: "mistake", id, ...mistakeOf(error) };
  } finally {
    document.body.replaceChildren();
  }
}

/** The drawing as a document of its own: well-formed, with a size. */
function alone(markup: string): { svg: string; width: number; height: number } {
  const svg = new DOMParser().parseFromString(markup, "text/html").querySelector("svg");
  const [, , width = 0, height = 0] = (svg?.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (!svg || !(width > 0 && height > 0)) throw new Error("it has no size");
  svg.removeAttribute("style");
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
  return { svg: new XMLSerializer().serializeToString(svg), width: Math.ceil(width), height: Math.ceil(height) };
}

/** The page's own colours, as this frame's scheme has them. */
function colours(): (token: string) => string {
  const style = getComputedStyle(document.body);
  return (token) => {
    document.body.style.color = `var(${token})`;
    return style.color;
  };
}
