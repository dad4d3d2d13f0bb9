/** Light, dark, or what the system says. A cookie, so that the server draws the first paint in the right one. */
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const cookie = "galley-theme";
const year = 31_536_000;

export const theme = signal<Theme>(read());

export function setTheme(next: Theme): void {
  theme.value = next;
  if (next === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  colourFrame(next);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const life = next === "system" ? 0 : year;
  document.cookie = `${cookie}=${next}; Path=/; SameSite=Lax; Max-Age=${life}${secure}`;
}

/** Where no server has drawn the page: what its cookie says. */
export function restoreTheme(): void {
  const set = new RegExp(`(?:^|; )${cookie}=(light|dark)(?:;|$)`).exec(document.cookie)?.[1];
  if (set) document.documentElement.dataset.theme = set;
  theme.value = read();
  colourFrame(theme.value);
}

/** The browser's own frame around the page takes the colour of one of two; the server writes both. */
function colourFrame(next: Theme): void {
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[data-scheme]")) {
    const { scheme } = meta.dataset;
    meta.media = next === "system" ? `(prefers-color-scheme: ${scheme})` : scheme === next ? "all" : "not all";
  }
}

function read(): Theme {
  const set = document.documentElement.dataset.theme;
  return set === "light" || set === "dark" ? set : "system";
}
