/** Light or dark, as it is now: the root's attribute, else the system. */
import type { Scheme } from "../../frame/messages";

export interface SchemeWatch {
  now(): Scheme;
  destroy(): void;
}

export function watchScheme(changed: () => void): SchemeWatch {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const read = (): Scheme => {
    const set = root.dataset["theme"];
    if (set === "light" || set === "dark") return set;
    return system.matches ? "dark" : "light";
  };
  let scheme = read();
  const look = () => {
    const now = read();
    if (now === scheme) return;
    scheme = now;
    changed();
  };
  const observer = new MutationObserver(look);
  observer.observe(root, { attributes: true, attributeFilter: ["data-theme"] });
  system.addEventListener("change", look);
  return {
    now: () => scheme,
    destroy() {
      observer.disconnect();
      system.removeEventListener("change", look);
    },
  };
}
