/**
 * HTML from the clipboard as Markdown: Word, Google Docs, pages of the web, GitHub.
 *
 * It reads nodes that live in no page (`inert`, whose `data-style` is what `style` was) and gives back text, so nothing
 * in them can run, load or be shown. Own code and not a library: those parse HTML themselves when they are loaded, which
 * the page's Trusted Types policy forbids. Next: `runs.ts` for what stands in a line, `cells.ts` for tables, `paste.ts`
 * for when this is asked.
 */
import { type Align, tableOf } from "./cells";
import { escapedStart, plainRun, type Run, written } from "./runs";

export interface Converted {
  markdown: string;
  /** Something of the format would be lost as plain text. */
  formatted: boolean;
  /** Pictures that come inside the HTML; they belong at these places of `markdown`. */
  pictures: readonly { at: number; url: string; alt: string }[];
}

/** Deeper is not something a person wrote. */
const depthMax = 100;
/** Stands for a picture that has to be uploaded, until the text is whole. */
const marker = "\ufffc";

const blockTags =
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CENTER DD DETAILS DIV DL DT FIELDSET FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE UL".split(
    " ",
  );
const isBlockTag = new Set(blockTags);
const skipped = new Set("BUTTON HEAD IFRAME LINK MATH META NOSCRIPT OBJECT SCRIPT SELECT STYLE SVG TEMPLATE TEXTAREA TITLE".split(" "));
const anyBlock = blockTags.join(",").toLowerCase();

export function fromHtml(root: ParentNode & Node): Converted {
  const reader = new Reader();
  const whole = reader.blocks(root, 0).join("\n\n");
  const [first = "", ...rest] = whole.split(marker);
  let markdown = first;
  const pictures = reader.pictures.map((picture, index) => {
    const at = markdown.length;
    markdown += rest[index] ?? "";
    return { ...picture, at };
  });
  return { markdown, formatted: reader.formatted, pictures };
}

class Reader {
  formatted = false;
  readonly pictures: { url: string; alt: string }[] = [];

  /** What stands in an element, as paragraphs, lists and so on. */
  blocks(parent: Node, depth: number): string[] {
    const out: string[] = [];
    let line: Run[] = [];
    let word: Element[] = [];
    const flush = () => {
      out.push(...this.#paragraphs(line));
      if (word.length > 0) out.push(this.#wordList(word, depth));
      [line, word] = [[], []];
    };
    for (const node of parent.childNodes) {
      if (!isElement(node) || !this.#isBlock(node)) {
        if (word.length > 0 && node.textContent?.trim()) flush();
        line.push(...this.#inline(node, plainRun, depth));
        continue;
      }
      if (isWordItem(node)) {
        if (line.some(({ text }) => text.trim())) flush();
        word.push(node);
        continue;
      }
      flush();
      if (depth < depthMax) out.push(...this.#block(node, depth + 1));
    }
    flush();
    return out.filter((block) => block.trim() !== "");
  }

  #isBlock(element: Element): boolean {
    if (skipped.has(element.tagName.toUpperCase())) return false;
    return isBlockTag.has(element.tagName) || element.querySelector(anyBlock) !== null;
  }

  #block(element: Element, depth: number): string[] {
    const { tagName } = element;
    const heading = headingLevel(element);
    if (heading > 0) return this.#heading(element, heading, depth);
    switch (tagName) {
      case "UL":
      case "OL":
        return [this.#list(element, depth)];
      case "PRE":
        return [this.#code(element)];
      case "BLOCKQUOTE":
        return [this.#kept(this.blocks(element, depth).join("\n\n").replace(/^/gm, "> ").replace(/^> $/gm, ">"))];
      case "HR":
        return [this.#kept("---")];
      case "TABLE":
        return this.#table(element, depth);
      default:
        return this.blocks(element, depth);
    }
  }

  #heading(element: Element, level: number, depth: number): string[] {
    const words = written(this.#runs(element, depth).map((run) => ({ ...run, bold: false })), " ").trim();
    return words ? [this.#kept(`${"#".repeat(level)} ${words}`)] : [];
  }

  /** Two line ends in a row, and there is another paragraph. */
  #paragraphs(line: readonly Run[]): string[] {
    const parts: Run[][] = [[]];
    for (const [index, run] of line.entries()) {
      const next = line.slice(index + 1).find(({ kind, text }) => kind !== "words" || text.trim());
      if (run.kind === "break" && (next?.kind === "break" || next === undefined)) parts.push([]);
      else if (run.kind !== "break" || parts.at(-1)?.some(({ text }) => text.trim())) parts.at(-1)?.push(run);
    }
    return parts.map((part) => written(part, "\\\n").trim().split("\n").map(escapedStart).join("\n"));
  }

  #list(list: Element, depth: number): string {
    const items: string[] = [];
    let number = Number.parseInt(list.getAttribute("start") ?? "1", 10) || 1;
    let loose = false;
    for (const child of list.children) {
      if (child.tagName === "UL" || child.tagName === "OL") {
        // A list right in a list belongs to the item above it.
        const nested = depth < depthMax ? this.#list(child, depth + 1) : "";
        const above = items.pop();
        items.push(above === undefined ? nested : `${above}\n${indented(nested, /^\s*(?:\S+\s)/.exec(above)?.[0].length ?? 2)}`);
        continue;
      }
      if (skipped.has(child.tagName) || depth >= depthMax) continue;
      const mark = list.tagName === "OL" ? `${number++}. ` : "- ";
      const parts = this.blocks(child, depth + 1);
      const isTight = child.querySelectorAll(":scope > p").length < 2;
      loose ||= !isTight;
      const text = parts.join(isTight ? "\n" : "\n\n");
      items.push(mark + box(child) + indented(text, mark.length).trimStart());
    }
    return this.#kept(items.join(loose ? "\n\n" : "\n"));
  }

  /** Word's lists are paragraphs with a level and a mark in front of the words. */
  #wordList(items: readonly Element[], depth: number): string {
    const widths: number[] = [];
    const lines = items.map((item) => {
      const level = Math.max(1, Number(/level(\d+)/.exec(item.getAttribute("data-style") ?? "")?.[1] ?? 1));
      const sign = item.querySelector("[data-style*='mso-list:Ignore'], [data-style*='mso-list: Ignore']")?.textContent.trim() ?? "";
      const mark = /^\(?[\da-z]{1,3}[.)]/i.test(sign) ? `${/^\d+/.exec(sign)?.[0] ?? "1"}. ` : "- ";
      widths.length = Math.min(widths.length, level - 1);
      const indent = widths.reduce((sum, width) => sum + width, 0);
      widths.push(mark.length);
      return " ".repeat(indent) + mark + written(this.#runs(item, depth), " ").trim();
    });
    return this.#kept(lines.join("\n"));
  }

  #code(pre: Element): string {
    const text = codeText(pre).replace(/\u00a0/g, " ").replace(/^\n|\n$/g, "");
    const language = languageOf(pre);
    if (language || pre.parentNode?.parentNode) this.formatted = true;
    const fence = "`".repeat(Math.max(3, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length + 1)));
    return `${fence}${language}\n${text}\n${fence}`;
  }

  #table(table: Element, depth: number): string[] {
    const rows = [...table.querySelectorAll("tr")].filter((row) => row.closest("table") === table);
    const cells = rows.map((row) => [...row.children].filter(({ tagName }) => tagName === "TD" || tagName === "TH"));
    const columns = Math.max(0, ...cells.map((row) => row.length));
    // Tables that only put things in places.
    if (columns < 2 || rows.length < 2 || table.querySelector("table, ul, ol, pre, h1, h2, blockquote"))
      return cells.flat().flatMap((cell) => (depth < depthMax ? this.blocks(cell, depth + 1) : []));
    const texts = cells.map((row) =>
      row.flatMap((cell) => [
        this.#cell(cell, depth),
        ...Array.from({ length: Math.min(20, Number(cell.getAttribute("colspan") ?? 1) - 1) }, () => ""),
      ]),
    );
    const filled = texts.filter((row) => row.some((cell) => cell !== ""));
    return filled.length === 0 ? [] : [this.#kept(tableOf(filled, (cells[0] ?? []).map(alignOf)))];
  }

  #cell(cell: Element, depth: number): string {
    const head = cell.tagName === "TH";
    const runs = this.#runs(cell, depth).map((run) => (head ? { ...run, bold: false } : run));
    return written(runs, "<br>").trim().replace(/^(?:<br>)+|(?:<br>)+$/g, "");
  }

  /** Everything in an element as one line; blocks in it are broken lines. */
  #runs(element: Element, depth: number): Run[] {
    return [...element.childNodes].flatMap((node, index) => {
      if (!isElement(node) || !isBlockTag.has(node.tagName)) return this.#inline(node, plainRun, depth);
      const runs = depth < depthMax ? this.#runs(node, depth + 1) : [];
      return index > 0 && runs.some(({ text }) => text.trim()) ? [{ ...plainRun, kind: "break" as const }, ...runs] : runs;
    });
  }

  #inline(node: Node, around: Run, depth: number): Run[] {
    if (node.nodeType === Node.TEXT_NODE) return [{ ...around, text: (node.nodeValue ?? "").replaceAll(marker, "") }];
    if (!isElement(node) || depth > depthMax || isLeftOut(node)) return [];
    if (node.tagName === "BR") return [{ ...plainRun, kind: "break" }];
    if (node.tagName === "IMG") return this.#picture(node, around);
    const run = this.#formatted(node, around);
    if (run.kind === "code") return [{ ...run, text: (node.textContent ?? "").replace(/\s+/g, " ").trim() }];
    return [...node.childNodes].flatMap((child) => this.#inline(child, run, depth + 1));
  }

  #formatted(element: Element, around: Run): Run {
    const run = { ...around };
    const { tagName } = element;
    const style = element.getAttribute("data-style")?.toLowerCase() ?? "";
    const weight = /font-weight:\s*([\w]+)/.exec(style)?.[1];
    if (weight ? weight === "bold" || Number(weight) >= 600 : tagName === "B" || tagName === "STRONG") run.bold = true;
    const slant = /font-style:\s*(\w+)/.exec(style)?.[1];
    if (slant ? slant !== "normal" : tagName === "I" || tagName === "EM" || tagName === "CITE") run.italic = true;
    if (/^(S|DEL|STRIKE)$/.test(tagName) || /text-decoration[^;]*line-through/.test(style)) run.strike = true;
    if (tagName === "MARK") run.mark = true;
    if (/^(CODE|TT|KBD|SAMP)$/.test(tagName) && element.textContent?.trim()) run.kind = "code";
    const href = tagName === "A" ? addressOf(element.getAttribute("href")) : null;
    if (href) run.href = href;
    const words = element.textContent?.trim() ?? "";
    const changed = run.kind === "code" || run.mark || run.strike !== around.strike || run.bold !== around.bold || run.italic !== around.italic;
    if (words && (changed || (href && words !== href))) this.formatted = true;
    return run;
  }

  #picture(image: Element, around: Run): Run[] {
    const url = image.getAttribute("src") ?? "";
    const alt = (image.getAttribute("alt") ?? "").replace(/\s+/g, " ").trim();
    if (/^data:image\/(?:png|jpeg|gif|webp);base64,/i.test(url)) {
      this.#kept("");
      this.pictures.push({ url, alt });
      return [{ ...plainRun, kind: "raw", text: marker }];
    }
    const address = /^https:/i.test(url) ? addressOf(url) : null;
    if (!address) return alt ? [{ ...around, text: alt }] : [];
    return [{ ...around, kind: "raw", text: this.#kept(`![${alt.replace(/[[\]\\]/g, "\\$&")}](${address})`) }];
  }

  #kept(text: string): string {
    this.formatted = true;
    return text;
  }
}

function isElement(node: Node): node is Element {
  return node.nodeType === Node.ELEMENT_NODE;
}

function isLeftOut(element: Element): boolean {
  const style = element.getAttribute("data-style") ?? "";
  if (/mso-list:\s*ignore|display:\s*none/i.test(style) || element.getAttribute("aria-hidden") === "true") return true;
  return skipped.has(element.tagName.toUpperCase()) || (element.tagName === "A" && !element.textContent?.trim() && !element.querySelector("img"));
}

function headingLevel(element: Element): number {
  const level = /^H([1-6])$/.exec(element.tagName)?.[1];
  if (level) return Number(level);
  return element.tagName === "P" && /\bMsoTitle\b/.test(element.className) ? 1 : 0;
}

function isWordItem(element: Element): boolean {
  return element.tagName === "P" && /mso-list:\s*l\d+\s+level\d+/i.test(element.getAttribute("data-style") ?? "");
}

/** A task's box, from GitHub or Google Docs. */
function box(item: Element): string {
  const input = item.querySelector(":scope > input[type=checkbox], :scope > label > input[type=checkbox], :scope > p > input[type=checkbox]");
  if (input) return input.hasAttribute("checked") ? "[x] " : "[ ] ";
  if (item.getAttribute("role") !== "checkbox") return "";
  return item.getAttribute("aria-checked") === "true" ? "[x] " : "[ ] ";
}

function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}

function codeText(node: Node): string {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ?? "";
  if (isElement(node) && node.tagName === "BR") return "\n";
  return [...node.childNodes].map(codeText).join("");
}

/** `language-rust`, `lang-rust`, `highlight-source-rust`, on the block, in it or around it. */
function languageOf(pre: Element): string {
  const around = [pre, pre.querySelector("code"), pre.parentElement];
  for (const element of around) {
    const names = `${element?.getAttribute("class") ?? ""} lang-${element?.getAttribute("data-lang") ?? ""}`;
    const found = /(?:^|\s)(?:(?:language|lang|highlight-source|highlight-text)-|brush:\s*)([\w+#][\w+#.-]*)/.exec(names)?.[1];
    if (found) return found.replace(/^html-/, "").replace(/^plaintext$/, "text");
  }
  return "";
}

function alignOf(cell: Element): Align {
  const way = cell.getAttribute("align") ?? /text-align:\s*(\w+)/.exec(cell.getAttribute("data-style") ?? "")?.[1];
  return way === "center" || way === "right" ? way : null;
}

/** Only what may stand in a text; brackets and spaces would end it early. */
function addressOf(url: string | null): string | null {
  const trimmed = url?.trim() ?? "";
  if (!/^(?:https?:\/\/|mailto:)/i.test(trimmed)) return null;
  return trimmed.replace(/[\s()<>]/g, encodeURIComponent).replaceAll("(", "%28").replaceAll(")", "%29");
}
