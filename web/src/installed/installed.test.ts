import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { draw, ICONS } from "../../scripts/icons.mjs";

const read = (path: string) => readFileSync(join(import.meta.dirname, path));
const desk = /--desk: light-dark\((#\w+), (#\w+)\)/.exec(read("../styles/tokens.css").toString());

/** What our own generator writes: one IDAT, rows without filters. */
function pixels(png: Buffer): Buffer {
  const at = png.indexOf("IDAT");
  return inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
}

test.each(ICONS.map((icon) => [icon.file, icon] as const))("OF40 %s is the sign as it is now", (file, icon) => {
  expect(pixels(read(file)).equals(draw(icon))).toBe(true);
});

test("OF40 the manifest has what an app needs, in the colours of the page", () => {
  const manifest = JSON.parse(read("manifest.webmanifest").toString()) as Record<string, unknown> & { icons: { src: string; purpose: string }[] };
  expect(manifest).toMatchObject({ name: "Galley", id: "/", start_url: "/", scope: "/", display: "standalone", theme_color: desk?.[1], background_color: desk?.[1] });
  expect(manifest.icons.map(({ src, purpose }) => [src.replace("/icons/", ""), purpose])).toEqual([
    ["192.png", "any"],
    ["512.png", "any"],
    ["maskable-192.png", "maskable"],
    ["maskable-512.png", "maskable"],
  ]);
});

test("OF40 the browser's frame is coloured as the page is, in both themes", () => {
  const head = read("../../../server/templates/head.html").toString();
  const said = [...head.matchAll(/data-scheme="(\w+)" media="[^"]*" content="(#\w+)"/g)].map(([, scheme, colour]) => `${scheme} ${colour}`);
  expect(new Set(said)).toEqual(new Set([`light ${desk?.[1]}`, `dark ${desk?.[2]}`]));
});
