import { expect, test } from "vitest";
import { answerFile, answerPage, concernOf } from "./answers";
import { shellFor } from "./build";
import { install } from "./store";
import { build, origin, Places } from "./test/places";

const page = { shell: "document", path: "/d/1" } as const;
const ours = { "content-security-policy": "trusted-types galley" };
const never = new Promise<Response>(() => {});

async function installed(...holds: string[]): Promise<Places> {
  const places = new Places();
  places.serve(build("a"));
  await install(places, build("a"));
  places.holds = holds;
  return places;
}

const answered = async (places: Places, network: Promise<Response>) => (await answerPage(places, build("a"), page, network)).text();

test.each([200, 303, 404, 410, 429, 500, 503])("OF32 whatever the server answers is shown: %i", async (status) => {
  const places = await installed("/d/1");
  expect(await answered(places, Promise.resolve(new Response("the server's", { status, headers: ours })))).toBe("the server's");
});

test.each([502, 503, 504])("OF32 a proxy's %i is no answer", async (status) => {
  const places = await installed("/d/1");
  expect(await answered(places, Promise.resolve(new Response("nginx", { status })))).toContain("<script");
});

test("OF32 without a network the frame stands in, kept or not: it says so", async () => {
  for (const places of [await installed("/d/1"), await installed()])
    expect(await answered(places, Promise.reject(new TypeError("no network")))).toContain("<script");
});

test("OF32 without a frame there is what the browser shows by itself", async () => {
  const places = new Places();
  const answer = await answerPage(places, build("a"), page, Promise.reject(new TypeError("no network")));
  expect(answer.type).toBe("error");
});

test("OF43 a slow server is waited for only where the device has nothing", async () => {
  const kept = await installed("/d/1");
  const shown = answered(kept, never);
  kept.pass();
  expect(await shown).toContain("<script");

  const unknown = await installed();
  let answer: (response: Response) => void = () => {};
  const slow = answered(unknown, new Promise((done) => (answer = done)));
  unknown.pass();
  answer(new Response("late", { headers: ours }));
  expect(await slow).toBe("late");
});

test("OF36 each frame has a nonce of its own, in its policy and in its body", async () => {
  const places = await installed("/d/1");
  const nonces = new Set<string>();
  for (let time = 0; time < 3; time++) {
    const answer = await answerPage(places, build("a"), page, Promise.reject(new TypeError("no network")));
    const nonce = /'nonce-(\w+)'/.exec(answer.headers.get("content-security-policy") ?? "")?.[1] ?? "";
    expect(await answer.text()).toContain(`nonce="${nonce}"`);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(3);
  expect(nonces).not.toContain("old");
});

test("OF34 no page is kept, whatever is asked", async () => {
  const places = await installed("/d/1");
  await answered(places, Promise.resolve(new Response("somebody's text", { headers: ours })));
  expect([...places.kept.values()].flatMap(({ entries }) => [...entries.keys()]).filter((path) => !/^\/(assets|shell)\//.test(path))).toEqual([]);
});

test("OF31 a file comes from the device first; one of the build that was asked for is kept, another is not", async () => {
  const places = new Places();
  const own = build("a", { other: ["/assets/more-a0000000.js"] });
  places.serve(own);
  await install(places, own);
  places.network.set("/assets/strange.js", () => new Response("strange"));
  places.asked.length = 0;
  for (const path of ["/assets/page-a0000000.js", "/assets/more-a0000000.js", "/assets/more-a0000000.js", "/assets/strange.js", "/assets/strange.js"])
    await answerFile(places, own, origin + path);
  expect(places.asked).toEqual(["/assets/more-a0000000.js", "/assets/strange.js", "/assets/strange.js"]);
});

const request = (path: string, more: Partial<Request> = {}) =>
  ({ method: "GET", url: new URL(path, origin).href, mode: "navigate", destination: "document", headers: new Headers(), ...more }) as Request;

test.each(["/api/documents", "/sync/1", "/u/1/a.png", "/s/link", "/frame/diagram", "/healthz", "/metrics", "/api/documents/1/export?format=zip", "/sw.js", "/icon.svg", "/manifest.webmanifest", "https://elsewhere.example/d/1"])(
  "OF33 the worker does not touch %s",
  (path) => expect(concernOf(request(path), origin)).toBeNull(),
);

test("OF33 nor what is no GET, a part of a file, a frame, or asked for by a script", () => {
  expect(concernOf(request("/d/1", { method: "POST" }), origin)).toBeNull();
  expect(concernOf(request("/d/1", { destination: "iframe" }), origin)).toBeNull();
  expect(concernOf(request("/d/1", { mode: "cors", destination: "" }), origin)).toBeNull();
  expect(concernOf(request("/assets/a.js", { headers: new Headers({ range: "bytes=0-1" }) }), origin)).toBeNull();
});

test("OF33 pages and files are the worker's, each page with its frame", () => {
  expect(concernOf(request("/assets/a.js", { mode: "cors", destination: "script" }), origin)).toEqual({ kind: "file" });
  expect(concernOf(request("/d/1?edit"), origin)).toEqual({ kind: "page", shell: "document", path: "/d/1" });
  expect(["/", "/d/1", "/d/1/history", "/d/1/history/2", "/settings", "/admin", "/d", "/x"].map(shellFor)).toEqual(["documents", "document", "offline", "offline", "offline", "offline", null, null]);
});
