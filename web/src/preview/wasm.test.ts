// @vitest-environment node
/** RE3: the module gives the same bytes and the same source maps as the native renderer, and its splices add up. */
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadRenderer, rendererFrom, type SourceMap, type Splice } from "./wasm";

const web = resolve(import.meta.dirname, "../..");
const built = resolve(web, "render-full.wasm");
const small = resolve(web, "render.wasm");
const absent = !existsSync(built) || statSync(built).size === 0;
if (absent) console.warn("web/render-full.wasm is not built (cargo xtask build makes it): its tests are skipped");

const read = (path: string) => readFileSync(resolve(web, "render", path), "utf8");
const renderer = () => loadRenderer(readFileSync(built));
const body = (splice: Splice) => splice.inserted.join("");

describe.skipIf(absent)("the renderer in WebAssembly", () => {
  test.each(readdirSync(resolve(web, "render/golden")).filter((name) => name.endsWith(".md")))(
    "re3 golden %s",
    async (name) => {
      const splice = (await renderer()).update(read(`golden/${name}`));
      const [html, about] = read(`golden/${name.replace(".md", ".html")}`).split("<!-- lines ");
      expect(splice.inserted.map((block) => `${block}\n`).join("")).toBe(html);
      const lines = splice.lines.join(" ");
      expect(about?.replaceAll(/\+\d+/g, "").startsWith(`${lines}; ${splice.words} words; title `)).toBe(true);
    },
  );

  test.each([
    [built, "native.txt"],
    [small, "native-small.txt"],
  ])("re3 HTML and maps of the examples, the hostile payloads and the golden files: %s is %s", async (file, digested) => {
    const compiled = await loadRenderer(readFileSync(file));
    const digests = texts().map(([name, markdown]) => {
      compiled.update("");
      const splice = compiled.update(markdown);
      return `${name} ${fnv1a(new TextEncoder().encode(body(splice)))} ${fnv1a(maps(splice))}\n`;
    });
    expect(digests.join("")).toBe(read(`tests/spec/${digested}`));
  });

  test("re8 splices are applied to what was shown", async () => {
    const compiled = await renderer();
    const shown: string[] = [];
    const mapped: (SourceMap | null)[] = [];
    for (const text of ["# a\n\nb", "# a\n\nc", "\n\n# a\n\nc\n\nd", "", "---\ntitle: é😀\nlang: de\ndir: rtl\n---\nx"]) {
      const splice = compiled.update(text);
      const [was, knew] = [shown.slice(splice.from), mapped.slice(splice.from)];
      shown.splice(splice.from, splice.removed, ...splice.inserted.map((html, at) => html || (was[at] ?? "")));
      mapped.splice(splice.from, splice.removed, ...splice.inserted.map((html, at) => (html ? null : (knew[at] ?? null))));
      for (const map of splice.maps) mapped[map.block] = map;
      expect(splice.lines.length).toBe(shown.length);
      const whole = (await renderer()).update(text);
      expect(shown.join("")).toBe(body(whole));
      expect(mapped.map((map) => [map?.length, map?.runs])).toEqual(whole.maps.map((map) => [map.length, map.runs]));
      expect(splice.sources).toEqual(whole.sources);
    }
    expect(compiled.update("---\ntitle: é😀\nlang: de\ndir: rtl\n---\nx")).toEqual({
      from: 1, removed: 0, inserted: [], lines: [5], sources: Uint32Array.of(37), maps: [], title: "é😀", words: 1, needsFull: false, lang: "de", dir: "rtl",
    });
  });

  test("re3 lone surrogates become the replacement character", async () => {
    const splice = (await renderer()).update("a \ud800 b");
    expect(splice.inserted).toEqual(['<div class="block"><p>a \ufffd b</p></div>']);
    expect(splice.title).toBe(null);
  });

  test("re10 large texts fit", async () => {
    const splice = (await renderer()).update("word ".repeat(1_000_000));
    expect(splice.words).toBe(1_000_000);
  });
});

describe.skipIf(absent)("from one renderer to another", () => {
  test("re8 another renderer goes on from what one has shown, with its module", async () => {
    const one = await renderer();
    const shown = one.update("# A\n\nb\n\n$c$\n\nd").inserted;
    const { from, removed, inserted } = rendererFrom(one.module(), shown).update("# A\n\nb\n\nnew\n\nd");
    expect([from, removed, inserted]).toEqual([2, 1, [expect.stringContaining("new")]]);
  });

  test("re23 a text that comes to need the full module gets it, and blocks that are the same stay", async () => {
    const current = await loadRenderer(readFileSync(small));
    const text = "plain\n\n$x$\n\nbetween\n\n:tada:\n\nafter";
    expect(current.update("plain").needsFull).toBe(false);
    expect(current.update("12:30:45 std::a::b :nothing").needsFull).toBe(false);
    const first = current.update(text);
    expect([first.needsFull, first.inserted[1]]).toEqual([true, '<div class="block"><p><code class="math">x</code></p></div>']);
    await current.load(readFileSync(built));
    const { from, removed, inserted, maps, needsFull } = current.update(text);
    expect([from, removed, inserted.map((html) => html.length > 0)]).toEqual([1, 3, [true, false, true]]);
    expect([inserted[0], inserted[2]]).toEqual([
      '<div class="block"><p><math><mi>x</mi></math></p></div>',
      '<div class="block"><p>🎉</p></div>',
    ]);
    expect([maps.length, needsFull]).toEqual([5, false]);
    expect(current.update(`${text} more`)).toMatchObject({ from: 4, removed: 1 });
  });

  test("re23 a module that cannot be had changes nothing", async () => {
    const current = await loadRenderer(readFileSync(small));
    current.update("a\n\n$x$");
    await expect(current.load(new Uint8Array())).rejects.toThrow();
    expect(current.update("a\n\n$x$\n\nb")).toMatchObject({ from: 2, removed: 0, needsFull: true });
  });
});

/** Everything whose digests the native test wrote down, by name. */
function texts(): (readonly [string, string])[] {
  const examples = ["commonmark-0.31.2", "gfm-0.29"].flatMap((name) => {
    const { examples } = JSON.parse(read(`tests/spec/${name}.json`)) as { examples: [number, string, string, string][] };
    return examples.map(([number, , markdown]) => [`${name} ${number}`, markdown] as const);
  });
  const payloads = read("tests/payloads.txt").trimEnd().split("\n");
  const golden = readdirSync(resolve(web, "render/golden")).filter((name) => name.endsWith(".md"));
  return [
    ...examples,
    ...payloads.map((payload, number) => [`payload ${number}`, payload] as const),
    ...golden.sort().map((name) => [name, read(`golden/${name}`)] as const),
  ];
}

/** As the native test counts: each block's beginning, its text's length and its runs. */
function maps({ sources, maps }: Splice): Uint8Array {
  const numbers = maps.flatMap(({ block, length, runs }) => [sources[block] ?? 0, length, ...runs]);
  return new Uint8Array(Uint32Array.from(numbers).buffer);
}

function fnv1a(bytes: Uint8Array): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
