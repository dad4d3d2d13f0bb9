/** The same script in every way to spell it, in every place that undoes a spelling. */
import type { Random } from "../random";

const each = (spell: (code: number, char: string) => string) => (text: string) => [...text].map((char) => spell(char.codePointAt(0) ?? 0, char)).join("");
const hex = (code: number, digits: number) => code.toString(16).padStart(digits, "0");
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** For markup: what a reader of HTML undoes, or what another layer might before it. */
const entities: ((text: string) => string)[] = [
  each((code) => `&#${code};`),
  each((code) => `&#${code}`),
  each((code) => `&#x${hex(code, 1)};`),
  each((code) => `&#X${hex(code, 6)};`),
  each((code) => `&#${String(code).padStart(8, "0")};`),
  (text) => text.replaceAll("(", "&lpar;").replaceAll(")", "&rpar;").replaceAll(":", "&colon;"),
  (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;"),
  (text) => text.replaceAll("<", "&LT").replaceAll(">", "&GT"),
  (text) => text.replaceAll("<", "&amp;lt;").replaceAll(">", "&amp;gt;"),
  (text) => text.replaceAll("<", "&#x26;lt;"),
  (text) => text.replace(/(?<=[a-z])(?=[a-z])/, "&Tab;"),
  (text) => text.replace(/(?<=[a-z])(?=[a-z])/, "&NewLine;"),
  (text) => text.replace(/(?<=[a-z])(?=[a-z])/, "&ZeroWidthSpace;"),
  (text) => text.replace(/(?<=[a-z])(?=[a-z])/, "&shy;"),
];

const others: ((text: string) => string)[] = [
  encodeURIComponent,
  (text) => encodeURIComponent(encodeURIComponent(text)),
  each((code) => `%${hex(code, 2)}`),
  each((code) => `%u${hex(code, 4)}`),
  each((code) => `\\u${hex(code, 4)}`),
  each((code) => `\\u{${hex(code, 1)}}`),
  each((code) => `\\x${hex(code, 2)}`),
  each((code) => `\\${code.toString(8)}`),
  each((code) => `\\${hex(code, 6)}`),
  each((code, char) => (/[!-~]/.test(char) ? String.fromCodePoint(code + 0xfee0) : char)),
  (text) => text.replaceAll("<", "+ADw-").replaceAll(">", "+AD4-"),
  (text) => text.replaceAll("<", "%c0%bc").replaceAll(">", "%c0%be"),
  (text) => text.replaceAll("<", "\u00c0\u00bc"),
  (text) => text.replaceAll("<", "\u2039").replaceAll(">", "\u203a"),
  (text) => text.replaceAll("<", "\ufe64").replaceAll(">", "\ufe65"),
  (text) => text.replaceAll("s", "\u017f").replaceAll("k", "\u212a"),
  (text) => [...text].join("\0"),
  (text) => `\ufeff${text}`,
  (text) => text.toUpperCase(),
  (text) => text.replace(/ /g, "\u3000"),
  (text) => text.split("").reverse().join("").replace(/^/, "\u202e"),
];

const scripts: ((n: string) => string)[] = [
  (it) => it,
  (it) => `eval('${it}')`,
  (it) => `eval(atob('${base64("canary(0)")}'))||${it}`,
  (it) => `Function\`${it}\`\`\``,
  (it) => `setTimeout\`${it}\``,
  () => "eval(String.fromCharCode(99,97,110,97,114,121,40,48,41))",
  () => "self[/can/.source+/ary/.source](0)",
  () => "\\u0063anary(0)",
  () => "eval('\\143anary(0)')",
  () => "{onerror=canary}throw 0",
  () => "[0].map(canary)",
  () => "Reflect.apply(canary,self,[0])",
  () => "new(class{static x=canary(0)})",
  () => "import('data:text/javascript,canary(0)')",
];

const markup: ((js: string) => string)[] = [(js) => `<img src=x onerror="${js}">`, (js) => `<svg onload=${js}>`, (js) => `<script>${js}</script>`, (js) => `<a href="javascript:${js}">x</a>`, (js) => `<iframe srcdoc="<script>parent.${js}</script>">`, (js) => `<b autofocus tabindex=1 onfocus=${js}>x`];

export function encodings(random: Random): string {
  const js = random.pick(scripts)("!js");
  const inner = random.pick(entities);
  const spell = random.pick([...entities, ...others]);
  return random.pick<() => string>([
    () => spell(random.pick(markup)(js)),
    () => random.pick(markup)(inner(js)),
    () => `[x](${spell(`javascript:${js}`)})`,
    () => `[x](<${inner(`javascript:${js}`)}>)`,
    () => `<a href="${inner(`javascript:${js}`)}">x</a>`,
    () => `<a href='${spell("javascript:")}${js}'>x</a>`,
    () => `<img src=x ${spell("onerror")}="${js}">`,
    () => `<${spell("script")}>${js}</${spell("script")}>`,
    () => `![${spell(random.pick(markup)(js))}](x "${spell(random.pick(markup)(js))}")`,
    () => `# ${spell(random.pick(markup)(js))}`,
    () => `---\ntitle: "${spell(random.pick(markup)(js)).replaceAll("\"", "\\\"")}"\n---\n\nx`,
    () => `\`\`\`${spell(random.pick(markup)(js)).replaceAll("`", "'").replaceAll("\n", " ")}\nx\n\`\`\``,
    () => `<a href="data:text/html;base64,${base64(`<script>${js.replaceAll("!js", "canary(0)")}</script>`)}">x</a>`,
    () => `$\\text{${spell(random.pick(markup)(js))}}$`,
    () => `<p title="${inner(`"><img src=x onerror=${js}>`)}">x</p>`,
  ])();
}
