/**
 * An input method at a document page, and somebody who writes in the same document meanwhile.
 *
 * Invariant: what is composed reaches the page as from a keyboard on glass (CDP's `Input.imeSetComposition`), what the
 * other writes through the server; a step is over when the page has it, held back or not. "|" stands for the caret.
 */
import { type CDPSession, devices, expect, type WebSocket } from "@playwright/test";
import { Desk } from "./desk";
import type { Fixtures, OpenOptions } from "./fixtures";
import type { Document, Person } from "./people";
import type { Writer } from "./writers";

const { defaultBrowserType: _, ...pixel } = devices["Pixel 7"] ?? {};

/** Chromium has an EditContext on both, but the editor uses it on Android only. */
export const profiles = { desk: {}, android: pixel } satisfies Record<string, OpenOptions>;

export type Step =
  /** What the word under the pen is now; `over`: words already written become the word under the pen. */
  | { compose: string; over?: string }
  /** As it is now, or as something else. */
  | { commit: string }
  | { key: string }
  | { press: string }
  /** Somebody else puts words in the place of others; "" is the end. */
  | { other: [string, string] }
  /** Somebody else writes behind words. */
  | { behind: [string, string] }
  /** Until what the other wrote is there, or what they took away is not. */
  | { sees: string }
  | { gone: string }
  /** Until the other has all that is composed. */
  | { saved: true }
  /** The browser's own on a desk, a button on a phone. */
  | { undo: true };

export interface Case {
  name: string;
  start: string;
  steps: Step[];
  end: string;
  /** What one undo leaves; null where there is more than one thing to take back. */
  undone: string | null;
}

interface Content extends HTMLElement {
  cmTile: {
    root: {
      view: {
        state: { doc: { toString(): string; length: number }; selection: { main: { head: number; empty: boolean } } };
        compositionStarted: boolean;
        dispatch(spec: object): void;
      };
    };
  };
}

export class Composer {
  private updates = 0;

  private constructor(
    readonly desk: Desk,
    private readonly cdp: CDPSession,
  ) {}

  static async open(window: Fixtures["window"], person: Person, document: Document, options: OpenOptions): Promise<Composer> {
    const page = await window(person, options);
    const desk = new Desk(page);
    const composer = new Composer(desk, await page.context().newCDPSession(page));
    page.on("websocket", (socket) => composer.listen(socket));
    await page.goto(`/d/${document.id}?edit`);
    await desk.expectSaved();
    await expect(desk.source).toBeVisible();
    return composer;
  }

  /** Counts the updates of others that have reached the page. */
  private listen(socket: WebSocket): void {
    socket.on("framereceived", ({ payload }) => {
      if (typeof payload !== "string" && payload[0] === 0 && payload[1] === 2) this.updates += 1;
    });
  }

  /** From the start to the end of a case, both sides looked at, and one undo. */
  async runs(one: Case, other: Writer): Promise<void> {
    await this.begins(one.start, other);
    for (const step of one.steps) await this.step(step, other);
    await this.stands(one.end, other, one.name);
    if (one.undone === null) return;
    await this.desk.page.keyboard.press("Control+z");
    await this.stands(one.undone, other, `${one.name}, undone`);
  }

  /** Everybody has this text, and the caret stands in it. */
  async begins(start: string, other: Writer): Promise<void> {
    const text = start.replace("|", "");
    other.replace(other.stock.text, text);
    await this.desk.expectSource(text);
    await this.desk.source.focus();
    await this.desk.source.evaluate((content: Content, anchor) => content.cmTile.root.view.dispatch({ selection: { anchor } }), start.indexOf("|"));
  }

  async step(step: Step, other: Writer): Promise<void> {
    const { cdp, desk } = this;
    if ("compose" in step) await this.compose(step.compose, step.over);
    else if ("commit" in step) await cdp.send("Input.insertText", { text: step.commit });
    else if ("key" in step) await desk.page.keyboard.press(step.key);
    else if ("press" in step) await desk.page.getByRole("toolbar").last().getByRole("button", { name: step.press, exact: true }).click();
    else if ("undo" in step) await this.undo();
    else if ("saved" in step) await expect.poll(async () => other.stock.text === (await desk.whole())).toBe(true);
    else if ("gone" in step) await expect.poll(() => desk.whole()).not.toContain(step.gone);
    else if ("sees" in step) await expect.poll(() => desk.whole()).toContain(step.sees);
    else if ("behind" in step) await this.hears(() => other.write(...step.behind));
    else await this.hears(() => other.replace(...step.other));
  }

  private async undo(): Promise<void> {
    const { page } = this.desk;
    const button = page.getByRole("toolbar").last().getByRole("button", { name: "Undo", exact: true });
    if (await button.isVisible()) await button.click();
    else await page.keyboard.press("Control+z");
  }

  private async compose(text: string, over?: string): Promise<void> {
    const at = { text, selectionStart: text.length, selectionEnd: text.length };
    const from = over === undefined ? -1 : (await this.desk.whole()).lastIndexOf(over);
    const place = over === undefined ? {} : { replacementStart: from, replacementEnd: from + over.length };
    await this.cdp.send("Input.imeSetComposition", { ...at, ...place });
  }

  /** Does what sends an update, and waits until the page's socket has it. */
  private async hears(write: () => void): Promise<void> {
    const before = this.updates;
    write();
    await expect.poll(() => this.updates).toBeGreaterThan(before);
  }

  /** The text and caret, here, there and by the count of edits on their way. */
  async stands(marked: string, other: Writer, name: string): Promise<void> {
    const text = marked.replace("|", "");
    await expect.poll(() => this.marked(), name).toBe(marked);
    await this.desk.expectSaved();
    await expect.poll(() => other.stock.text, name).toBe(text);
  }

  async marked(): Promise<string> {
    return this.desk.source.evaluate((content: Content) => {
      const { state, compositionStarted } = content.cmTile.root.view;
      const { head, empty } = state.selection.main;
      const text = state.doc.toString();
      return `${text.slice(0, head)}|${text.slice(head)}${empty ? "" : " (something is selected)"}${compositionStarted ? " (still composing)" : ""}`;
    });
  }
}
