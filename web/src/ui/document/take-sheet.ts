/** The server's rendered text, kept as it is: the page's script draws around it, and nothing flashes or jumps. */
export interface Sheet {
  /** What scrolls. */
  sheet: HTMLElement;
  article: HTMLElement;
}

export function takeSheet(): Sheet {
  const found = document.querySelector<HTMLElement>("article.prose");
  const scroller = found?.closest<HTMLElement>(".scroller");
  if (scroller) scroller.id = "text";
  if (found && scroller) return { sheet: scroller, article: found };
  const article = document.createElement("article");
  article.className = "prose";
  const sheet = document.createElement("div");
  sheet.className = "scroller";
  sheet.id = "text";
  sheet.tabIndex = 0;
  sheet.append(article);
  return { sheet, article };
}

/**
 * Draws the page around the text where it stands: taken out and put back, all of it would be styled and laid out once
 * more. Preact makes the elements above it its own and would clear the slot; it is not to see what stands there.
 */
export function drawAround(sheet: HTMLElement, app: HTMLElement, draw: () => void): void {
  const slot = sheet.closest<HTMLElement>("#app .slot");
  if (!slot) {
    app.replaceChildren();
    return draw();
  }
  app.querySelector("header.bar")?.replaceChildren();
  Object.defineProperty(slot, "childNodes", { value: [], configurable: true });
  draw();
  Reflect.deleteProperty(slot, "childNodes");
}
