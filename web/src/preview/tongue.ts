/** Which language a text is in and which way it reads, as its front matter says; null where it says nothing. */
export interface Tongue {
  readonly lang: string | null;
  readonly dir: string | null;
}

/** Says so of an element, and takes back what is not said any more. */
export function speak(element: HTMLElement, { lang, dir }: Tongue): void {
  for (const [name, value] of [["lang", lang], ["dir", dir]] as const) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

export function spoken(element: HTMLElement): Tongue {
  return { lang: element.getAttribute("lang"), dir: element.getAttribute("dir") };
}

export function sameTongue(a: Tongue, b: Tongue): boolean {
  return a.lang === b.lang && a.dir === b.dir;
}
