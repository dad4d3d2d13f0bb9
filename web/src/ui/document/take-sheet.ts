/** The server's rendered text, kept as it is: the page's script draws around it, and nothing flashes or jumps. */
export interface Sheet {
  /** What scrolls. */
  sheet: HTMLElement;
  article: HTMLElement;
  /** How far the reader had come before the script arrived. */
  scrolled: number;
}

export function takeSheet(): Sheet {
  const found = document.querySelector<HTMLElement>("article.prose");
  const scroller = found?.closest<HTMLElement>(".scroller");
  if (scroller) scroller.id = "text";
  if (found && scroller) return { sheet: scroller, article: found, scrolled: scroller.scrollTop };
  const article = document.createElement("article");
  article.className = "prose";
  const sheet = document.createElement("div");
  sheet.className = "scroller";
  sheet.id = "text";
  sheet.tabIndex = 0;
  sheet.append(article);
  return { sheet, article, scrolled: 0 };
}
