/** A document with every construct that is rendered, and what selecting words of it in the page is in its source. */
export const source = `---
title: é😀 front
---

# A *heading* & more {#own}

Plain **strong ==marked== words** and \`a  code\`, see [a link](https://example.org/é) or www.example.org/x, ~~gone~~.
Second line \\* escaped &amp; &copy; entity 😀 face[^note]  
hard break.

- [x] done *item*
- [ ] open
  1. inner one

> quoted text
> goes on \`with
> code\` in it

> [!TIP]
> Alert text

| a | \`b\\|c\` |
|---|---|
| x \\| y | ![pic](/p.png) **z** |

term
: described

\`\`\`rust
fn main() {} // comment
\`\`\`

    indented\tcode

[^note]: The *note* itself.

<details><summary>Raw <b>bold</b> &lt;x&gt;</summary>

Inside.

</details>

:::tip Boxed *title* :tada:
Formula \`\`x\`\` is $\\frac{a}{b}$ here, HTML ++inserted++ :smile: end.
:::

*[HTML]: Hyper Text

{% youtube dQw4w9WgXcQ %}

$$x^2$$

Last words.
`;

/** Words as the page shows them, once each, and the source they were written as. */
export const selections: readonly (readonly [shown: string, written: string])[] = [
  ["A heading & more", "A *heading* & more"],
  ["heading", "heading"],
  ["strong marked words", "strong ==marked== words"],
  ["marked", "marked"],
  ["rong mar", "rong ==mar"],
  ["a  code", "a  code"],
  ["a link", "a link"],
  ["see a link or", "see [a link](https://example.org/é) or"],
  ["www.example.org/x", "www.example.org/x"],
  ["gone.\nSecond", "gone~~.\nSecond"],
  ["* escaped & © entity 😀 face", "\\* escaped &amp; &copy; entity 😀 face"],
  ["*", "\\*"],
  ["©", "&copy;"],
  ["1\nhard", "[^note]  \nhard"],
  ["done item", "done *item"],
  ["open", "open"],
  ["inner one", "inner one"],
  ["text\ngoes on with code in", "text\n> goes on `with\n> code` in"],
  ["Alert text", "Alert text"],
  ["Tip", "[!TIP]"],
  ["b|c", "b\\|c"],
  ["x | y", "x \\| y"],
  ["z", "z"],
  ["term", "term"],
  ["described", "described"],
  ["main() {} // comm", "main() {} // comm"],
  ["indented\tcode", "indented\tcode"],
  ["note itself", "note* itself"],
  ["Raw bold <x>", "Raw <b>bold</b> &lt;x&gt;"],
  ["Inside.", "Inside."],
  ["Boxed title", "Boxed *title"],
  ["title 🎉", "title* :tada:"],
  ["is ab here", "is $\\frac{a}{b}$ here"],
  ["is ab", "is $\\frac{a}{b}$"],
  ["HTML inserted", "HTML ++inserted"],
  ["😄", ":smile:"],
  ["inserted 😄 end", "inserted++ :smile: end"],
  ["youtube.com", "{% youtube dQw4w9WgXcQ %}"],
  ["x2", "$$x^2$$"],
  ["Last words.", "Last words."],
];
