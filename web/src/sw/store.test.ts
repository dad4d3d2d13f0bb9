import { expect, test } from "vitest";
import type { Build } from "./build";
import { find, install, keepAlso, limits, sweep } from "./store";
import { build, Places } from "./test/places";

async function with_(...builds: Build[]): Promise<Places> {
  const places = new Places();
  for (const each of builds) {
    places.serve(each);
    await install(places, each);
  }
  return places;
}

test("OF31 a build is kept whole: its files and the frames of pages", async () => {
  const places = await with_(build("a"));
  expect(places.paths("galley-a").sort()).toEqual(["/assets/page-a0000000.js", "/shell/document", "/shell/documents", "/shell/offline"]);
});

test.each([
  ["a file does not come", (places: Places) => places.network.delete("/assets/page-b0000000.js")],
  ["a file is another one", (places: Places) => places.network.set("/assets/page-b0000000.js", () => new Response("x"))],
  ["a file is an error", (places: Places) => places.network.set("/assets/page-b0000000.js", () => new Response("x", { status: 500, headers: { "x-sum": "sha256-b" } }))],
  ["a frame is of another build", (places: Places) => places.network.set("/shell/document", () => new Response('<meta content="c">'))],
])("OF31 half an install is none, and the build before it stays: %s", async (_, spoil) => {
  const places = await with_(build("a"));
  places.serve(build("b"));
  spoil(places);
  await expect(install(places, build("b"))).rejects.toThrow();
  expect([...places.kept.keys()]).toEqual(["galley-a"]);
  expect(await find(places.caches, build("a"), "/assets/page-a0000000.js")).toBeDefined();
});

test("OF31 what one page came to need is kept beside it, and comes along to the next build", async () => {
  const full = (hash: string) => ({ other: [`/assets/render-full-${hash.padEnd(8, "0")}.wasm`, `/assets/mermaid-${hash.padEnd(8, "0")}.js`] });
  const places = await with_(build("a", full("a")));
  await keepAlso(places, build("a", full("a")), ["/assets/render-full-a0000000.wasm", "/assets/of-nobody.js", "/api/me"]);
  expect(places.paths("galley-a")).toContain("/assets/render-full-a0000000.wasm");
  expect(places.paths("galley-a").join()).not.toMatch(/nobody|api/);

  places.serve(build("b", full("b")));
  await install(places, build("b", full("b")));
  expect(places.paths("galley-b")).toContain("/assets/render-full-b0000000.wasm");
  expect(places.paths("galley-b").join()).not.toContain("mermaid");
});

test("OF35 a build's files stay while a page of it is open, and go after it", async () => {
  const places = await with_(build("a"), build("b"));
  await sweep(places.caches, build("b"), ["a", "b"]);
  expect([...places.kept.keys()]).toEqual(["galley-a", "galley-b"]);
  expect(await find(places.caches, build("b"), "/assets/page-a0000000.js")).toBeDefined();
  await sweep(places.caches, build("b"), ["b", null]);
  expect([...places.kept.keys()], "a page that does not answer may be of any build").toEqual(["galley-a", "galley-b"]);
  await sweep(places.caches, build("b"), ["b"]);
  expect([...places.kept.keys()]).toEqual(["galley-b"]);
});

test("OF35 what a waiting worker has made ready is not the old one's to remove", async () => {
  const places = await with_(build("a"), build("b"));
  await sweep(places.caches, build("a"), ["a"]);
  expect([...places.kept.keys()]).toEqual(["galley-a", "galley-b"]);
});

test("OF35 there are never more builds than the limit, and caches of others are left alone", async () => {
  const places = await with_();
  await places.caches.open("somebody-else");
  for (const id of ["a", "b", "c", "d", "e"]) {
    places.serve(build(id));
    await install(places, build(id));
  }
  expect([...places.kept.keys()]).toEqual(["somebody-else", "galley-c", "galley-d", "galley-e"]);
  expect(limits.buildsKept).toBe(3);
});
