/**
 * Diagrams in the sheet: the source until there is a picture, then the picture.
 *
 * Invariant: a figure's text never changes (notes count it): the source stays in it, hidden; pictures have no text and
 * sentences are attributes. When a block is replaced the picture goes along, the same element, so nothing flickers; of
 * a diagram that was edited the last picture stays until the next one can be shown. Next: `painter.ts`.
 */
import type { Painted, Painter, Picture } from "./painter";
import type { SchemeWatch } from "./scheme";
import { sentenceOf, summaryOf } from "./words";

const figures = "figure.diagram[data-diagram=mermaid]";

/** The size of the reading text that diagrams are drawn for. */
const drawnPx = 17;

/** After the last change to a diagram's own text. */
const editedMs = 250;

export class Diagrams {
  readonly #observer: IntersectionObserver;
  /** Of a block that came near: its figures are drawn, now and when they change. */
  readonly #near = new WeakSet<Element>();

  constructor(
    private readonly article: HTMLElement,
    private readonly painter: Pick<Painter, "known" | "paint">,
    private readonly scheme: Pick<SchemeWatch, "now">,
  ) {
    // A screen more in each direction.
    this.#observer = new IntersectionObserver((entries) => this.#seen(entries), {
      root: article.closest(".scroller"),
      rootMargin: "100% 0px",
    });
  }

  /** Blocks came in the place of others; at once, before anything is drawn. */
  settle(fresh: readonly Element[], gone: readonly Element[]): void {
    const before = gone.flatMap(within);
    for (const block of gone) this.#observer.unobserve(block);
    const open = fresh.flatMap(within);
    const bare = open.filter((figure) => !pictureIn(figure));
    const edited = bare.filter((figure) => !this.#inherit(figure, takeWhere(before, (old) => same(old, figure))));
    for (const figure of edited) this.#inherit(figure, before.shift());
    for (const figure of open) this.#observe(figure, edited.includes(figure) && pictureIn(figure) !== null);
  }

  /** Everything anew, in other colours. */
  repaint(): void {
    for (const figure of within(this.article)) if (this.#near.has(blockOf(figure))) void this.#draw(figure);
  }

  destroy(): void {
    this.#observer.disconnect();
  }

  #inherit(figure: HTMLElement, old: HTMLElement | undefined): boolean {
    const picture = old && pictureIn(old);
    if (!old) return false;
    if (this.#near.has(blockOf(old))) this.#near.add(blockOf(figure));
    if (picture) {
      figure.append(picture);
      figure.dataset["state"] = "drawn";
    }
    const says = old.dataset["says"];
    if (says !== undefined && same(old, figure)) figure.dataset["says"] = says;
    return true;
  }

  #observe(figure: HTMLElement, edited: boolean): void {
    const block = blockOf(figure);
    if (!edited) {
      const known = this.painter.known(sourceOf(figure), this.scheme.now());
      if (known?.kind === "picture" && pictureIn(figure)?.src === known.src) return;
    }
    if (this.#near.has(block)) setTimeout(() => void this.#draw(figure), edited ? editedMs : 0);
    else this.#observer.observe(block);
  }

  #seen(entries: IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      this.#observer.unobserve(target);
      this.#near.add(target);
      for (const figure of within(target)) void this.#draw(figure);
    }
  }

  async #draw(figure: HTMLElement): Promise<void> {
    if (!figure.isConnected) return;
    const text = sourceOf(figure);
    const scheme = this.scheme.now();
    if (!pictureIn(figure)) figure.dataset["state"] ??= "waiting";
    const painted = await this.painter.paint(text, scheme);
    const picture = painted.kind === "picture" ? await decoded(painted, text) : null;
    if (picture) picture.dataset["scheme"] = scheme;
    // Meanwhile it may have been edited, or drawn in other colours.
    if (!figure.isConnected || this.scheme.now() !== scheme) return;
    show(figure, painted, picture, text);
  }
}

function show(figure: HTMLElement, painted: Painted, picture: HTMLImageElement | null, text: string): void {
  const old = pictureIn(figure);
  if (picture) {
    delete figure.dataset["says"];
    if (old?.src === picture.src) return;
    if (old) old.replaceWith(picture);
    else figure.append(picture);
    figure.dataset["state"] = "drawn";
  } else {
    const sentence = sentenceOf(painted.kind === "mistake" ? painted : null, text);
    figure.dataset["says"] = old ? `${sentence} The picture is the last one that could be drawn.` : sentence;
    figure.dataset["state"] = old ? "drawn" : "mistake";
  }
  // Whoever measures the sheet listens for what opens and closes.
  figure.dispatchEvent(new Event("toggle"));
}

/** Ready to be drawn in the frame it is put into the page; null when the browser cannot read it. */
async function decoded({ src, width, height }: Picture, text: string): Promise<HTMLImageElement | null> {
  const picture = new Image(width, height);
  picture.className = "picture";
  // As large as the text beside it, on slides too.
  picture.style.setProperty("--em", String(width / drawnPx));
  picture.alt = summaryOf(text);
  picture.src = src;
  return picture.decode().then(
    () => picture,
    () => null,
  );
}

function within(root: Element): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(figures)];
}

function pictureIn(figure: HTMLElement): HTMLImageElement | null {
  return figure.querySelector<HTMLImageElement>(":scope > img.picture");
}

export function sourceOf(figure: Element): string {
  return figure.querySelector("code")?.textContent ?? "";
}

function same(a: Element, b: Element): boolean {
  return sourceOf(a) === sourceOf(b);
}

function blockOf(figure: Element): Element {
  return figure.closest(".block") ?? figure;
}

function takeWhere<T>(list: T[], fits: (it: T) => boolean): T | undefined {
  const at = list.findIndex(fits);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}
