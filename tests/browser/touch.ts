/**
 * What a phone has and a desk has not: a keyboard that takes room, fingers, edges, a screen that is held sideways.
 *
 * No soft keyboard exists in emulation. As Android does for this page (`interactive-widget=resizes-content`), the page is
 * made lower; what iOS does is only its visualViewport, tested without a browser.
 */
import type { CDPSession, Locator, Page } from "@playwright/test";
import { expect } from "@playwright/test";

export interface Size {
  width: number;
  height: number;
}

/** What a keyboard takes of a screen, about. */
export const keyboardPx = ({ width, height }: Size): number => (width > height ? Math.round(height / 2) : Math.min(300, Math.round(height * 0.42)));

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export class Hand {
  private constructor(
    readonly page: Page,
    private readonly session: CDPSession,
    private screen: Size,
  ) {}

  static async on(page: Page): Promise<Hand> {
    return new Hand(page, await page.context().newCDPSession(page), page.viewportSize() ?? { width: 390, height: 844 });
  }

  /** The screen is so large, with nothing on it but the page. */
  async hold(screen: Size): Promise<void> {
    this.screen = screen;
    await this.page.setViewportSize(screen);
    // Only a page of ours is as wide as its screen: an empty one is laid out for a desk.
    if (this.page.url() === "about:blank") return;
    // The page has seen it: what comes next is measured against it.
    await this.page.waitForFunction(({ width, height }) => innerWidth === width && innerHeight === height, screen);
    await this.page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
  }

  async keyboard(how: "up" | "down"): Promise<void> {
    const { width, height } = this.screen;
    await this.page.setViewportSize({ width, height: height - (how === "up" ? keyboardPx(this.screen) : 0) });
    await expect(this.page.locator(`html[data-keyboard=${how}]`)).toBeAttached();
  }

  /** A finger goes through these places; one after the other at once. */
  async sweep(places: readonly (readonly [number, number])[], end: "lifts" | "stays" = "lifts"): Promise<void> {
    const [first, ...rest] = places;
    if (!first) return;
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", at: readonly (readonly [number, number])[]) =>
      this.session.send("Input.dispatchTouchEvent", { type, touchPoints: at.map(([x, y]) => ({ x, y })) });
    await touch("touchStart", [first]);
    for (const place of rest) await touch("touchMove", [place]);
    if (end === "lifts") await touch("touchEnd", []);
  }

  async lift(): Promise<void> {
    await this.session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }
}

/** Straight from one place to another. */
export function straight(from: readonly [number, number], to: readonly [number, number], steps = 8): [number, number][] {
  return Array.from({ length: steps + 1 }, (_, step) => [
    from[0] + ((to[0] - from[0]) * step) / steps,
    from[1] + ((to[1] - from[1]) * step) / steps,
  ]);
}

/** Where the caret of the source stands in the window. */
export async function caretBox(page: Page): Promise<Box> {
  return page.evaluate(() => {
    const content = document.querySelector(".cm-content") as unknown as {
      cmTile: { root: { view: { state: { selection: { main: { head: number } } }; coordsAtPos(at: number): Box | null } } };
    };
    interface Box {
      left: number;
      top: number;
      right: number;
      bottom: number;
    }
    const { view } = content.cmTile.root;
    const { left, top, right, bottom } = view.coordsAtPos(view.state.selection.main.head) ?? { left: -1, top: -1, right: -1, bottom: -1 };
    return { left, top, right, bottom };
  });
}

export async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (!box) throw new Error("not to be seen");
  return { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height };
}

export const apart = (a: Box, b: Box): boolean => a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5 || a.right <= b.left + 0.5 || b.right <= a.left + 0.5;

/** The caret is in the window, and under nothing that lies over the source. */
export async function expectCaretFree(page: Page): Promise<void> {
  await expect.poll(async () => covered(page)).toEqual([]);
}

async function covered(page: Page): Promise<string[]> {
  const caret = await caretBox(page);
  const { height, width } = await page.evaluate(() => ({ height: innerHeight, width: innerWidth }));
  const wrong: string[] = [];
  if (caret.top < 0 || caret.bottom > height || caret.left < 0 || caret.right > width)
    wrong.push(`out of the window: ${JSON.stringify(caret)} in ${width} x ${height}`);
  for (const name of [".bar", ".dock", ".phone-foot", ".toast", ".upload-tray", ".strips", ".following", ".note-button"])
    for (const it of await page.locator(name).locator("visible=true").all()) {
      const box = await it.boundingBox();
      if (box && !apart(caret, { left: box.x, top: box.y, right: box.x + box.width, bottom: box.y + box.height })) wrong.push(`under ${name}`);
    }
  return wrong;
}
