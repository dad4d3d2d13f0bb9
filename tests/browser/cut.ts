/**
 * A page's connection to the room, cut and joined again; everything else of the server stays in reach.
 *
 * Invariant: what the page says and hears passes unchanged while it is whole. Install it before the page is opened.
 */
import type { Page, WebSocketRoute } from "@playwright/test";

export class Cut {
  private readonly open = new Set<WebSocketRoute>();
  private state: "whole" | "cut" = "whole";

  private constructor(private readonly page: Page) {}

  static async in(page: Page): Promise<Cut> {
    const cut = new Cut(page);
    await page.routeWebSocket(/\/sync\//, (socket) => {
      if (cut.state === "cut") return void socket.close();
      socket.connectToServer();
      cut.open.add(socket);
    });
    return cut;
  }

  async cut(): Promise<void> {
    this.state = "cut";
    const open = [...this.open];
    this.open.clear();
    for (const socket of open) await socket.close();
  }

  /** The next page is whole again. */
  mend(): void {
    this.state = "whole";
  }

  /** After what was so many milliseconds by the page's clock on the wall. */
  async join(passed: number): Promise<void> {
    await this.page.evaluate((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ms;
    }, passed);
    this.mend();
    // What a page hears when it is looked at again.
    await this.page.evaluate(() => window.dispatchEvent(new Event("online")));
  }
}
