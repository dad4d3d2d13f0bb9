import { describe, expect, test } from "vitest";
import { inert } from "../preview/patch";
import { fromHtml } from "./from-html";
import { isCode } from "./paste";

const markdown = (html: string) => fromHtml(inert(html)).markdown;

describe("what a clipboard holds, and what becomes of it", () => {
  test.each<[name: string, html: string, markdown: string]>([
    ["Google Docs: the wrapper is not bold, spans are", `<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr"><span style="font-size:20pt;font-weight:400;">A title</span></h1><p dir="ltr"><span style="font-weight:400;font-style:normal;white-space:pre-wrap;">Words, </span><span style="font-weight:700;white-space:pre-wrap;">bold ones </span><span style="font-weight:700;font-style:italic;">and both</span><span style="font-weight:400;">.</span></p></b>`, "# A title\n\nWords, **bold ones *and both***."],
    ["Google Docs: a list in a list", `<b style="font-weight:normal;" id="docs-internal-guid-2"><ul><li dir="ltr" aria-level="1"><p role="presentation"><span>One</span></p></li><ul><li aria-level="2"><p role="presentation"><span>Nested</span></p></li></ul><li><p role="presentation"><span>Two</span></p></li></ul></b>`, "- One\n  - Nested\n- Two"],
    ["Google Docs: a checklist", `<ul><li role="checkbox" aria-checked="true"><p><span>done</span></p></li><li role="checkbox" aria-checked="false"><p><span>open</span></p></li></ul>`, "- [x] done\n- [ ] open"],
    ["Google Docs: an empty line between", `<p><span>One</span></p><br><p><span style="font-weight:700">Two</span></p>`, "One\n\n**Two**"],
    ["Google Docs: struck, underlined", `<p><span style="text-decoration:line-through;">gone</span> <span style="text-decoration:underline;">kept</span></p>`, "~~gone~~ kept"],
    ["Word: lists are paragraphs", `<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style></head><body><!--StartFragment--><p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>Apples<o:p></o:p></p><p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o<span>&nbsp;</span></span>Green ones<o:p></o:p></p><p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;</span></span>Pears<o:p></o:p></p><!--EndFragment--></body></html>`, "- Apples\n  - Green ones\n- Pears"],
    ["Word: numbers", `<p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>First</p><p style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.<span>&nbsp;</span></span>Second</p>`, "1. First\n2. Second"],
    ["Word: a title and a paragraph", `<p class=MsoTitle>Report<o:p></o:p></p><p class=MsoNormal><b>Bold</b> and <i>slanted</i>.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>`, "# Report\n\n**Bold** and *slanted*."],
    ["GitHub: a heading with its anchor, code with its language", `<div class="markdown-heading"><h2 class="heading-element">Use</h2><a class="anchor" aria-label="Permalink" href="#use"><svg><path d="M0 0"></path></svg></a></div><div class="highlight highlight-source-rust notranslate"><pre><span class="pl-k">fn</span> <span class="pl-en">main</span>() {\n    x();\n}</pre></div>`, "## Use\n\n```rust\nfn main() {\n    x();\n}\n```"],
    ["GitHub: tasks", `<ul class="contains-task-list"><li class="task-list-item"><input type="checkbox" checked disabled> done</li><li class="task-list-item"><input type="checkbox" disabled> open</li></ul>`, "- [x] done\n- [ ] open"],
    ["a page: link, code, emphasis", `<p>See <a href="https://example.org/a_(b)">the <em>page</em></a> and <code>a\`b</code>.</p>`, "See [the *page*](https://example.org/a_%28b%29) and ``a`b``."],
    ["a page: a link that says its address", `<p>At <a href="https://example.org/">https://example.org/</a> now</p>`, "At https://example.org/ now"],
    ["a page: script links are words", `<p><a href="javascript:alert(1)">press</a> <b>me</b></p>`, "press **me**"],
    ["a page: numbered from five, with paragraphs", `<ol start="5"><li><p>One</p><p>More</p></li><li><p>Two</p></li></ol>`, "5. One\n\n   More\n\n6. Two"],
    ["a page: nested in the item", `<ol><li>One<ul><li>a</li><li>b</li></ul></li><li>Two</li></ol>`, "1. One\n   - a\n   - b\n2. Two"],
    ["a page: a quote of two paragraphs", `<blockquote><p>One</p><p>Two</p></blockquote>`, "> One\n>\n> Two"],
    ["a page: pictures from https only", `<p><img src="https://example.org/a.png" alt="A [cat]"><img src="http://example.org/b.png" alt="b"><img src="file:///c.png"></p>`, "![A \\[cat\\]](https://example.org/a.png)b"],
    ["a page: a broken line", `<p>One<br>two<br></p><p><b>x</b></p>`, "One\\\ntwo\n\n**x**"],
    ["a page: two breaks are a paragraph", `<div>One<br><br>two <i>three</i></div>`, "One\n\ntwo *three*"],
    ["a page: code with language-", `<pre><code class="language-js">let a = "\`\`\`";</code></pre>`, "````js\nlet a = \"```\";\n````"],
    ["a page: a table with aligned columns", `<table><thead><tr><th>Name</th><th style="text-align: right">Cost</th></tr></thead><tbody><tr><td>a|b</td><td style="text-align:right">1</td></tr><tr><td><b>c</b><br>d</td><td>2</td></tr></tbody></table>`, "| Name       | Cost |\n| ---------- | ---: |\n| a\\|b       |    1 |\n| **c**<br>d |    2 |"],
    ["a page: a table for layout only", `<table><tr><td><h2>Head</h2><p>Words</p></td></tr></table>`, "## Head\n\nWords"],
    ["Google Sheets", `<google-sheets-html-origin><style type="text/css"><!--td {border: 1px solid #ccc;}--></style><table xmlns="http://www.w3.org/1999/xhtml" cellspacing="0"><colgroup><col width="100"/></colgroup><tbody><tr><td data-sheets-value="x">Day</td><td>Sold</td></tr><tr><td>Monday</td><td>1,200</td></tr><tr><td>Tuesday</td><td>80</td></tr></tbody></table>`, "| Day     |  Sold |\n| ------- | ----: |\n| Monday  | 1,200 |\n| Tuesday |    80 |"],
    ["Excel: cells that span", `<table><tr><td colspan=2>Both</td></tr><tr><td>a</td><td>b</td></tr></table>`, "| Both |     |\n| ---- | --- |\n| a    | b   |"],
    ["what would be marks is escaped", `<p>2 * 3, a*b*, _x_, snake_case, [1], [^1], &lt;b&gt;, &amp;amp; <b>!</b></p><p># no</p><p>1. no</p><p>- no</p>`, "2 * 3, a\\*b\\*, \\_x\\_, snake_case, [1], \\[^1], \\<b>, \\&amp; **!**\n\n\\# no\n\n1\\. no\n\n\\- no"],
    ["nothing hidden, no scripts, no styles", `<style>p{}</style><script>alert(1)</script><p>Seen <span style="display:none">unseen</span><em>too</em></p>`, "Seen *too*"],
    ["Notion: a heading and a divider", `<h3>Plan</h3><hr><p>Text with <mark>marked</mark> words</p>`, "### Plan\n\n---\n\nText with ==marked== words"],
  ])("%s", (_name, html, expected) => expect(markdown(html)).toBe(expected));
});

test.each<[name: string, html: string]>([
  ["a sentence of a page", `<meta charset="utf-8"><span style="color: rgb(0,0,0); font-weight: 400;">Just words</span>`],
  ["two paragraphs", `<p>One</p><p>Two</p>`],
  ["a link that says its address", `<a href="https://example.org/">https://example.org/</a>`],
])("%s carries nothing worth keeping", (_name, html) => expect(fromHtml(inert(html)).formatted).toBe(false));

test.each<[name: string, html: string, code: boolean]>([
  ["VS Code", `<meta charset='utf-8'><div style="color: #d4d4d4;background-color: #1e1e1e;font-family: Consolas;font-weight: normal;line-height: 19px;white-space: pre;"><div><span style="color: #569cd6;font-weight: bold">fn</span></div></div>`, true],
  ["JetBrains", `<html><head><meta></head><body><pre style="background-color:#2b2b2b;color:#a9b7c6;font-family:'JetBrains Mono'">fn</pre></body></html>`, true],
  ["a highlighted block of a page", `<pre><code class="language-rust">fn</code></pre>`, false],
  ["Google Docs", `<b style="font-weight:normal"><p><span style="white-space:pre-wrap;">x</span></p></b>`, false],
])("coloured code: %s", (_name, html, code) => expect(isCode(inert(html))).toBe(code));

test("pictures inside the HTML come apart, with their places", () => {
  const { markdown, pictures } = fromHtml(inert(`<p>Before <img alt="a" src="data:image/png;base64,AAAA"> after</p><p><img src="data:image/svg+xml;base64,AAAA"></p>`));
  expect(markdown).toBe("Before  after");
  expect(pictures).toEqual([{ at: 7, url: "data:image/png;base64,AAAA", alt: "a" }]);
});

test("a thousand elements in each other are no trouble", () => {
  expect(markdown("<div>".repeat(1_000) + "deep" + "</div>".repeat(1_000))).not.toContain("undefined");
});
