/**
 * Draws the app's icons from the sign: `node web/scripts/icons.mjs`, after a change of `src/styles/icon.svg`.
 *
 * The sign is lines with round ends, so a pixel's ink is its distance to the nearest of them: no browser and no library,
 * and the same pixels everywhere. Invariant: paper, inks and lines come from `icon.svg` and `tokens.css` alone.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";

const web = join(import.meta.dirname, "..");
const svg = readFileSync(join(web, "src/styles/icon.svg"), "utf8");
const paper = readFileSync(join(web, "src/styles/tokens.css"), "utf8").match(/--paper: light-dark\((#\w+)/)[1];
const stroke = Number(svg.match(/stroke-width="([\d.]+)"/)[1]);
const side = Number(svg.match(/viewBox="0 0 (\d+)/)[1]);

/** `scale`: the sign's square in parts of the icon's; a mask may cut to the middle 80 %. `corner`: of the paper, likewise. */
export const ICONS = [
  { file: "192.png", size: 192, scale: 0.72, corner: 0.22 },
  { file: "512.png", size: 512, scale: 0.72, corner: 0.22 },
  { file: "maskable-192.png", size: 192, scale: 0.6, corner: 0 },
  { file: "maskable-512.png", size: 512, scale: 0.6, corner: 0 },
  { file: "apple-touch.png", size: 180, scale: 0.68, corner: 0 },
];

const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/** The corners of a path of straight lines, as the sign has them: M, then l or L, h and v. */
function corners(path) {
  const points = [];
  let [x, y] = [0, 0];
  for (const [, letter, rest] of path.matchAll(/([a-z])([^a-z]*)/gi)) {
    const numbers = rest.match(/-?\d*\.?\d+/g).map(Number);
    const [fromX, fromY] = /[a-z]/.test(letter) ? [1, 1] : [0, 0];
    if (!"MLlhv".includes(letter)) throw new Error(`the sign has a ${letter} now: teach icons.mjs to draw it`);
    while (numbers.length > 0) {
      if (letter !== "v") x = numbers.shift() + x * fromX;
      if (letter !== "h") y = numbers.shift() + y * fromY;
      points.push([x, y]);
    }
  }
  return points;
}

const lines = [...svg.matchAll(/<path class="(\w)" d="([^"]+)"/g)].map(([, name, path]) => ({
  ink: rgb(svg.match(new RegExp(`\\.${name}\\{stroke:(#\\w+)`))[1]),
  points: corners(path),
}));

function toLine(px, py, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const along = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
}

/** How far outside a square with round corners. */
function toPaper(x, y, size, radius) {
  const reach = size / 2 - radius;
  const [qx, qy] = [Math.abs(x - size / 2) - reach, Math.abs(y - size / 2) - reach];
  return Math.hypot(Math.max(qx, 0), Math.max(qy, 0)) + Math.min(Math.max(qx, qy), 0) - radius;
}

const covered = (distance) => Math.max(0, Math.min(1, 0.5 - distance));

/** Rows of a picture in RGBA, each after a byte that says it is not filtered. */
export function draw({ size, scale, corner }) {
  const unit = (size * scale) / side;
  const from = (size - side * unit) / 2;
  const rows = Buffer.alloc(size * (size * 4 + 1));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let colour = rgb(paper);
      for (const { ink, points } of lines) {
        const [px, py] = [(x + 0.5 - from) / unit, (y + 0.5 - from) / unit];
        const distance = Math.min(...points.slice(1).map((point, at) => toLine(px, py, points[at], point)));
        const share = covered((distance - stroke / 2) * unit);
        colour = colour.map((channel, at) => Math.round(channel + (ink[at] - channel) * share));
      }
      const alpha = corner === 0 ? 255 : Math.round(255 * covered(toPaper(x + 0.5, y + 0.5, size, corner * size)));
      rows.set([...colour, alpha], y * (size * 4 + 1) + 1 + x * 4);
    }
  }
  return rows;
}

function png(size, rows) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6], 8);
  const data = deflateSync(rows, { level: 9 });
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

if (import.meta.filename === process.argv[1]) for (const icon of ICONS) writeFileSync(join(web, "src/installed", icon.file), png(icon.size, draw(icon)));
