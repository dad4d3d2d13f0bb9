/** What the dialect adds, each with words that its own renderer might believe: formulas, diagrams, front matter, embeds. */
import type { Random } from "../random";

const words = ["<img src=x onerror=!js>", "<script>!js</script>", "\"><svg onload=!js>", "</math><img src=x onerror=!js>", "javascript:!js", "</text></svg><img src=x onerror=!js>", "#quot;><img src=x onerror=!js>", "&lt;img src=x onerror=!js&gt;", "`<iframe srcdoc='<script>!js</script>'>`", "</style><img src=x onerror=!js>", "url(!!)", "x;}*{background:url(!!)", "</foreignObject><img src=x onerror=!js>"];

const commands =
  "text mathrm operatorname mathbf mbox textcolor color href url includegraphics htmlClass htmlId htmlStyle htmlData class style cssId unicode tag label ref boxed fbox colorbox fcolorbox textbf verb phantom rule hspace ce def newcommand let require begin end left right frac sqrt overset underbrace substack operatorname* mathchoice char".split(
    " ",
  );

const diagrams: ((it: string) => string)[] = [
  (it) => `flowchart LR\n  A["${it}"] -->|${it}| B(${it})`,
  (it) => `flowchart LR\n  A --> B\n  click A callback "${it}"\n  click B href "${it}"\n  click A call canary()`,
  (it) => `flowchart LR\n  A:::x --> B\n  classDef x fill:${it},background:url(!!)\n  style A fill:${it}`,
  (it) => `%%{init: {"securityLevel":"loose","htmlLabels":true,"themeCSS":"${it.replaceAll("\"", "'")}","fontFamily":"${it.replaceAll("\"", "'")}"}}%%\nflowchart LR\n  A["${it}"] --> B`,
  (it) => `---\ntitle: ${it}\nconfig:\n  securityLevel: loose\n  htmlLabels: true\n---\nflowchart LR\n  A --> B`,
  (it) => `sequenceDiagram\n  participant A as ${it}\n  A->>B: ${it}\n  Note over A: ${it}\n  link A: x @ ${it}\n  links A: {"x": "${it.replaceAll("\"", "'")}"}`,
  (it) => `classDiagram\n  class A {\n    +${it}\n  }\n  A --> B : ${it}\n  link A "${it}" "x"\n  callback A "canary"`,
  (it) => `stateDiagram-v2\n  [*] --> A : ${it}\n  state "${it}" as A`,
  (it) => `erDiagram\n  A ||--o{ B : "${it}"\n  A {\n    string ${it}\n  }`,
  (it) => `gantt\n  title ${it}\n  section ${it}\n  ${it} :a, 2026-01-01, 1d\n  click a href "${it}"`,
  (it) => `pie title ${it}\n  "${it}" : 1`,
  (it) => `journey\n  title ${it}\n  section ${it}\n    ${it}: 5: ${it}`,
  (it) => `gitGraph\n  commit id: "${it}" tag: "${it}"`,
  (it) => `mindmap\n  root((${it}))\n    ${it}\n    ::icon(${it})`,
  (it) => `timeline\n  title ${it}\n  2026 : ${it}`,
  (it) => `quadrantChart\n  title ${it}\n  x-axis ${it} --> ${it}\n  ${it}: [0.3, 0.6]`,
  (it) => `requirementDiagram\n  requirement x {\n    id: 1\n    text: "${it}"\n  }`,
  (it) => `block-beta\n  A["${it}"]`,
  (it) => `xychart-beta\n  title "${it}"\n  x-axis ["${it}"]\n  bar [1]`,
  (it) => `architecture-beta\n  group a(cloud)[${it}]\n  service b(${it})[x] in a`,
  (it) => `C4Context\n  title ${it}\n  Person(a, "${it}", "${it}")`,
  (it) => `sankey-beta\n${it},x,1`,
  (it) => `packet-beta\n0-15: "${it}"`,
  (it) => `kanban\n  ${it}\n    [${it}]`,
  (it) => it,
];

const keys = ["title", "description", "lang", "dir", "tags", "image", "og:title", "og:image", "robots", "author", "opengraph", "slideOptions", "GA", "disqus", "css", "script", "head", "layout", "type", "date", "theme"];

const yaml: ((it: string) => string)[] = [
  (it) => it,
  (it) => `"${it.replaceAll("\"", "\\\"")}"`,
  (it) => `'${it.replaceAll("'", "''")}'`,
  (it) => `|\n  ${it}\n  ${it}`,
  (it) => `>-\n  ${it}`,
  (it) => `[${it}, ${it}]`,
  (it) => `\n  - ${it}\n  - "${it}"`,
  (it) => `{a: ${it}}`,
  (it) => `!<tag:yaml.org,2002:js/function> '${it}'`,
  (it) => `&a ${it}\nx: *a\n<<: *a`,
  (it) => `"\\u003cimg src=x onerror=!js\\u003e ${it}"`,
  (it) => `"${it}`,
];

const sites = ["youtube", "vimeo", "codepen", "gist", "codesandbox", "stackblitz", "slideshare", "speakerdeck", "pdf", "embed", "iframe", "x"];
const addresses = ["https://www.youtube.com/watch?v=", "https://youtu.be/", "https://vimeo.com/", "https://codepen.io/a/pen/", "https://gist.github.com/a/", "https://codesandbox.io/s/", "https://stackblitz.com/edit/", "javascript:", "data:text/html,", "//evil.example/"];
const ids = ["dQw4w9WgXcQ", "dQw4w9WgXcQ\"onload=!js", "../../../xss", "1?autoplay=1&x=<script>", "%22%3e%3csvg%20onload=!js%3e", "..%2f..%2fapi", "javascript:!js", "x\"><img src=x onerror=!js>", "cafebabe00", "0#!js", "a\\b", "\u202ex"];

export function extensions(random: Random): string {
  const it = random.pick(words);
  switch (random.below(5)) {
    case 0: {
      const formula = random.pick([(c: string) => `\\${c}{${it}}`, (c: string) => `\\${c}{${it}}{${it}}`, (c: string) => `\\${c}[${it}]{x}`, (c: string) => `x_{\\${c}${it}}`, (c: string) => `\\${c}`])(random.pick(commands));
      return random.pick([`$${formula}$`, `$$${formula}$$`, `$$\n${formula}\n$$`, `\`\`\`math\n${formula}\n\`\`\``, `\\(${formula}\\)`, `$\`${formula}\`$`]);
    }
    case 1:
      return `\`\`\`mermaid\n${random.pick(diagrams)(it)}\n\`\`\``;
    case 2:
      return `---\n${random.pick(keys)}: ${random.pick(yaml)(it)}\n${random.pick(keys)}: ${random.pick(yaml)(random.pick(words))}\n---\n\n${it}`;
    case 3:
      return random.pick([(u: string) => `{% ${random.pick(sites)} ${u} %}`, (u: string) => `{% embed ${random.pick(addresses)}${u} %}`, (u: string) => `${random.pick(addresses)}${u}`, (u: string) => `{%${random.pick(sites)} ${u} ${it}%}`])(random.pick(ids));
    default:
      return random.pick([
        `[TOC]\n\n## ${it}\n\n### [${it}](javascript:!js)`,
        `:::${random.pick(["note", "warning", "details", "tip", "spoiler", "x"])} ${it}\n${it}\n:::`,
        `> [!${random.pick(["NOTE", "TIP", "WARNING", "X"])}] ${it}\n> ${it}`,
        `*[${it.slice(0, 20)}]: ${it}\n\n${it}`,
        `- [${random.pick(["x", " ", "X", it])}] ${it}`,
        `x[^1]\n\n[^1]: ${it}\n    ${it}`,
        `==${it}== ++${it}++ H~${it}~O x^${it}^`,
        `:${random.pick(["smile", "constructor", it])}: ${it}`,
        `${it}\n\n---\n\n${it}\n\n----\n\n${it}`,
        `${it}\n: ${it}`,
      ]);
  }
}
