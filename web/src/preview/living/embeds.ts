/**
 * What is elsewhere: a row with a button, and after a press the thing itself, in a frame.
 *
 * Invariant: nobody is asked for anything before the press, and what was pressed is remembered only while this page is
 * open. The frame's address is our own (`/frame/embed/…`); only its policy names the other site. Next: `server/src/http/frames.rs`.
 */

const links = "p.embed > a[data-embed][data-id]";

const hosts: Record<string, string> = {
  youtube: "youtube.com",
  vimeo: "vimeo.com",
  codepen: "codepen.io",
  gist: "gist.github.com",
  codesandbox: "codesandbox.io",
  stackblitz: "stackblitz.com",
};

/** A frame of theirs needs its own origin, and so ours around it, which runs nothing; a script of theirs gets none. */
const framed = "allow-scripts allow-same-origin allow-popups allow-presentation";
const scripted = "allow-scripts allow-popups";

/** Moves a node without reloading what is in it, where the browser can. */
interface Mover extends Omit<Element, "moveBefore"> {
  moveBefore?(node: Node, before: Node | null): void;
}

export class Embeds {
  /** By provider and id: what was asked for. */
  readonly #wanted = new Set<string>();

  settle(fresh: readonly Element[], gone: readonly Element[]): void {
    const frames = gone.flatMap((block) => [...block.querySelectorAll<HTMLElement>(".embed-frame")]);
    for (const link of fresh.flatMap((block) => [...block.querySelectorAll<HTMLAnchorElement>(links)])) {
      const key = keyOf(link);
      const at = frames.findIndex((frame) => frame.dataset["key"] === key);
      this.#dress(link, at < 0 ? undefined : frames.splice(at, 1)[0]);
    }
  }

  /** The row, and what it was when it was pressed before. */
  #dress(link: HTMLAnchorElement, kept?: HTMLElement): void {
    const row = link.parentElement;
    const host = hosts[link.dataset["embed"] ?? ""];
    if (!row || !host || row.querySelector("button")) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn line small embed-button";
    button.addEventListener("click", () => (this.#wanted.has(keyOf(link)) ? this.#close(link, button) : this.#open(link, button)));
    row.append(button);
    label(button, `Load from ${host}`);
    if (this.#wanted.has(keyOf(link))) this.#open(link, button, kept);
  }

  #open(link: HTMLAnchorElement, button: HTMLButtonElement, kept?: HTMLElement): void {
    this.#wanted.add(keyOf(link));
    const { parentElement: row } = link;
    const parent: Mover | null = row?.parentElement ?? null;
    if (!row || !parent) return;
    label(button, "Close");
    if (kept && parent.moveBefore && kept.isConnected && parent.isConnected) parent.moveBefore(kept, row.nextSibling);
    else row.after(frameOf(link));
  }

  #close(link: HTMLAnchorElement, button: HTMLButtonElement): void {
    this.#wanted.delete(keyOf(link));
    const frame = link.parentElement?.nextElementSibling;
    if (frame?.classList.contains("embed-frame")) frame.remove();
    label(button, `Load from ${hosts[link.dataset["embed"] ?? ""] ?? "there"}`);
  }
}

/** Said by attributes alone: a block's text is what was written, and notes count it. */
function label(button: HTMLButtonElement, words: string): void {
  button.setAttribute("aria-label", words);
  button.dataset["label"] = words;
}

function keyOf({ dataset }: HTMLElement): string {
  return `${dataset["embed"] ?? ""}/${dataset["id"] ?? ""}`;
}

function frameOf(link: HTMLAnchorElement): HTMLElement {
  const { embed = "", id = "" } = link.dataset;
  const holder = document.createElement("div");
  holder.className = "embed-frame";
  holder.dataset["key"] = keyOf(link);
  holder.dataset["embed"] = embed;
  const frame = document.createElement("iframe");
  frame.title = link.textContent;
  frame.setAttribute("sandbox", embed === "gist" ? scripted : framed);
  frame.src = `/frame/embed/${encodeURIComponent(embed)}?id=${encodeURIComponent(id)}`;
  holder.append(frame);
  return holder;
}
