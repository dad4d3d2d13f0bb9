/** Diagrams that try to get out: of known advisories of mermaid, and every kind of diagram with markup in its labels. */

const image = "<img src=x onerror=top.harmed(1)>";
const script = "<script>parent.harmed(1);alert(document.domain)</script>";
const mark = "window.top.broken=1";

/** Twelve kinds, each with markup where it has words. */
const kinds = [
  `flowchart TD\n  A["${image}"] -->|"${image}"| B["${script}"]`,
  `sequenceDiagram\n  participant A as ${image}\n  A->>B: ${image}\n  Note over A: ${script}`,
  `classDiagram\n  class A["${image}"]\n  A : ${image}`,
  `stateDiagram-v2\n  s1: ${image}\n  s1 --> s2: ${script}`,
  `erDiagram\n  A ||--o{ B : "${image}"`,
  `gantt\n  title ${image}\n  section ${image}\n  ${image} :a1, 2026-01-01, 3d`,
  `pie title ${image}\n  "${image}" : 3\n  "b" : 4`,
  `journey\n  title ${image}\n  section ${image}\n    ${image}: 5: Me`,
  `gitGraph\n  commit id: "${image}"\n  branch "x"\n  commit tag: "${script}"`,
  `mindmap\n  root((${image}))\n    ${image}`,
  `timeline\n  title ${image}\n  2026 : ${image}`,
  `quadrantChart\n  title ${image}\n  x-axis "${image}" --> "b"\n  A: [0.3, 0.6]`,
];

const clicks = [
  `flowchart TD\n  A --> B\n  click A callback "${mark}"\n  click B call alert(1)`,
  `flowchart TD\n  A --> B\n  click A "javascript:${mark}"\n  click B href "javascript:alert(1)" _self`,
  `flowchart TD\n  A[<a href="javascript:${mark}">x</a>]`,
  `sequenceDiagram\n  participant A\n  link A: go @ javascript:${mark}\n  links A: {"x": "javascript:alert(1)"}\n  A->>A: x`,
  `classDiagram\n  class A\n  click A href "javascript:${mark}" "tip"\n  callback A "alert" "tip"`,
  `gantt\n  dateFormat YYYY-MM-DD\n  section S\n  x :a1, 2026-01-01, 3d\n  click a1 href "javascript:${mark}"\n  click a1 call alert(1)`,
];

const settings = [
  `%%{init: {"securityLevel": "loose", "htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\nflowchart TD\n  A["${image}"] --> B`,
  `%%{init: {"themeCSS": "*{background:url(https://evil.example/a)} </style>${image}"}}%%\nflowchart TD\n  A --> B`,
  `%%{init: {"themeVariables": {"primaryColor": "red;} * {background:url(https://evil.example/b)"}}}%%\nflowchart TD\n  A --> B`,
  `%%{init: {"fontFamily": "x\\"</style>${image}"}}%%\nflowchart TD\n  A --> B`,
  `%%{init: {"layout": "elk", "secure": [], "maxTextSize": 99999999}}%%\nflowchart TD\n  A --> B`,
  `%%{init: {"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}}%%\nflowchart TD\n  A --> B`,
  `---\nconfig:\n  securityLevel: loose\n  layout: elk\n---\nflowchart TD\n  A["${image}"] --> B`,
];

const styles = [
  `flowchart TD\n  A:::x --> B\n  classDef x fill:#fff,stroke:url(https://evil.example/c)`,
  `flowchart TD\n  A:::x --> B\n  classDef x fill:red</style>${image}<style>`,
  `flowchart TD\n  A --> B\n  style A fill:#fff;}</style>${script},color:red`,
  `flowchart TD\n  A --> B\n  linkStyle 0 stroke:red"onload="${mark}`,
  `stateDiagram-v2\n  classDef x fill:red}</style><img/src/onerror=alert(1)>\n  class s1 x\n  s1 --> s2`,
];

const labels = [
  `flowchart TD\n  A["<svg><animate onbegin=${mark} attributeName=x dur=1s>"] --> B["<iframe srcdoc='${script}'></iframe>"]`,
  `flowchart TD\n  A["<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>"]`,
  `flowchart TD\n  A["$$\\href{javascript:alert(1)}{x}$$"] --> B["\`**${image}**\`"]`,
  `flowchart TD\n  A@{ img: "https://evil.example/d.png", label: "${image}" } --> B@{ icon: "x:y" }`,
  `sequenceDiagram\n  A->>B: #quot;><img src=x onerror=alert(1)>\n  A->>B: $$\\unicode{<img>}$$`,
  `block-beta\n  a["${image}"] b["${script}"]`,
  `xychart-beta\n  title "${image}"\n  x-axis ["${image}"]\n  bar [1]`,
  `requirementDiagram\n  requirement r {\n    id: 1\n    text: "${image}"\n  }`,
  `C4Context\n  title ${image}\n  Person(a, "${image}", "${script}")`,
  `sankey-beta\n${image},b,3`,
];

export const payloads: readonly string[] = [...kinds, ...clicks, ...settings, ...styles, ...labels];
