/** How diagrams are drawn: dagre, plain text in labels, our colours, and nothing that a diagram may set otherwise. */
import type { MermaidConfig } from "mermaid";

/** What is used inside a picture must be there without asking anybody. */
const fontFamily = "system-ui, sans-serif";

/** Besides its own list: what would load more, or let a diagram style the frame. */
const secure = [
  "secure",
  "securityLevel",
  "startOnLoad",
  "maxTextSize",
  "maxEdges",
  "suppressErrorRendering",
  "layout",
  "htmlLabels",
  "fontFamily",
  "themeCSS",
  "dompurifyConfig",
  "elk",
];

export function settings(colour: (token: string) => string): MermaidConfig {
  const [paper, sunk, ink, quiet, rule, tint, mark] = [
    "--paper",
    "--sunk",
    "--ink",
    "--ink-2",
    "--control",
    "--accent-tint",
    "--mark",
  ].map(colour) as [string, string, string, string, string, string, string];
  return {
    startOnLoad: false,
    securityLevel: "strict",
    secure,
    suppressErrorRendering: true,
    layout: "dagre",
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    fontFamily,
    theme: "base",
    themeVariables: {
      fontFamily,
      background: paper,
      primaryColor: sunk,
      primaryTextColor: ink,
      primaryBorderColor: rule,
      secondaryColor: tint,
      secondaryBorderColor: rule,
      tertiaryColor: paper,
      tertiaryBorderColor: rule,
      edgeLabelBackground: paper,
      dropShadow: "none",
      lineColor: quiet,
      textColor: ink,
      noteBkgColor: mark,
      noteTextColor: ink,
      noteBorderColor: rule,
    },
  };
}
