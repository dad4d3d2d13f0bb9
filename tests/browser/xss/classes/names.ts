/** Names that stand for something already: of the page's globals, of every object, of our own elements. */
import type { Random } from "../random";

/** What a document must never come to answer to. */
export const taken =
  "currentScript body head forms images links scripts location cookie domain documentElement defaultView implementation activeElement all anchors applets children firstChild nodeType parentNode ownerDocument getElementById querySelector createElement addEventListener write title URL referrer nonce config top self parent opener frames name status length history navigator app boot canary trustedTypes attributes innerHTML submit action method elements x fetch alert origin crypto".split(
    " ",
  );

const magic = ["__proto__", "constructor", "prototype", "hasOwnProperty", "toString", "valueOf", "__defineGetter__", "__lookupSetter__", "isPrototypeOf", "then", "toJSON", "length", "undefined", "null", "NaN", "true", "-0", "1e9", "Symbol.iterator"];

const places: ((name: string) => string)[] = [
  (n) => `<a id=${n}>x</a>`,
  (n) => `<a id=${n}><a id=${n} name=x href=javascript:!js>x</a>`,
  (n) => `<a name="${n}">x</a>`,
  (n) => `<img name=${n} id=${n}>`,
  (n) => `<form id=${n}><input id=attributes><input name=parentNode></form>`,
  (n) => `<form name=${n}><input name=${n}></form>`,
  (n) => `<iframe name=${n} srcdoc="<a id=x href=!!>"></iframe>`,
  (n) => `<object id=${n} name=${n}></object><embed name=${n}>`,
  (n) => `<html id=${n}><body name=${n}>`,
  (n) => `<svg id=${n}><a id=u-${n}></svg>`,
  (n) => `## x {#${n}}`,
  (n) => `## ${n}`,
  (n) => `# ${n}\n\n# ${n}\n\n# ${n}-1`,
  (n) => `x[^${n}]\n\n[^${n}]: x`,
  (n) => `[${n}]\n\n[${n}]: javascript:!js "x"`,
  (n) => `[x][${n}]\n\n[${n}]: !!`,
  (n) => `*[${n}]: x\n\n${n}`,
  (n) => `:${n}:`,
  (n) => `{% ${n} x %}`,
  (n) => `{% embed ${n} %}`,
  (n) => `:::${n}\nx\n:::`,
  (n) => `> [!${n}]\n> x`,
  (n) => `\`\`\`${n}\nx\n\`\`\``,
  (n) => `---\n${n}: x\n${n}:\n  polluted: 1\n---\n\nx`,
  (n) => `---\n"${n}": {"polluted": 1}\n---\n\nx`,
  (n) => `---\n${n}.polluted: 1\n${n}[polluted]: 1\ntags: [${n}]\n---\n\nx`,
  (n) => `\`\`\`mermaid\n%%{init: {"${n}": {"polluted": 1}}}%%\nflowchart LR\n  ${n} --> B\n\`\`\``,
  (n) => `\`\`\`mermaid\nclassDiagram\n  class ${n}\n\`\`\``,
  (n) => `$\\${n}{x}$ $\\def\\${n}{y}\\${n}$`,
  (n) => `@${n} [[${n}]]`,
  (n) => `| ${n} |\n|---|\n| ${n} |`,
  (n) => `<p title=${n} data-${n}=x ${n}=x class=${n} slot=${n}>x</p>`,
  (n) => n,
];

/** Ids that are ours, as a document might write them. */
const ours = ["u-x", "fn-1", "fnref-1", "app", "boot", "u-u-x", "csp-nonce", "main", "toasts", "dialog"];

export function names(random: Random): string {
  const name = random.pick([taken, taken, magic, ours][random.below(4)] ?? taken);
  return `${random.pick(places)(name)}${random.below(3) === 0 ? "\n\n<img src=x onerror=!js>" : ""}`;
}
