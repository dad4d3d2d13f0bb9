/** In the text together: going along with somebody, bringing everybody, and who is here. */
import type { Locator } from "@playwright/test";
import type { Desk } from "./desk";
import { expect, phone, test } from "./fixtures";
import { type Document, Person } from "./people";
import { Server } from "./server";
import { Stock } from "./stock";

/** So many paragraphs, each with its number, each of another length. */
const long = `# A long way\n\n${Array.from({ length: 300 }, (_, n) => `Paragraph ${n + 1}. ${"It weaves patterns. ".repeat(3 + ((n * 7) % 11))}`).join("\n\n")}\n`;

const pill = (desk: Desk) => desk.page.getByRole("group", { name: "Following" });
const face = (desk: Desk, name: string) => desk.people.getByRole("button", { name: `Follow ${name}` });

/** The number of the paragraph that stands where the eyes are: at a third of the pane. */
async function read(pane: Locator): Promise<number> {
  return pane.evaluate((scroller) => {
    const { top, height } = scroller.getBoundingClientRect();
    const eyes = top + height / 3;
    const away = (element: Element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return Math.max(top - eyes, eyes - bottom, 0);
    };
    const all = [...scroller.querySelectorAll(".prose p, .cm-line")].filter((element) => /^Paragraph/.test(element.textContent));
    const nearest = all.reduce((best, element) => (away(element) < away(best) ? element : best));
    return Number(/\d+/.exec(nearest.textContent)?.[0]);
  });
}

const sheet = (desk: Desk) => desk.page.locator("#text");
const source = (desk: Desk) => desk.page.locator(".cm-scroller");

/** Both see the same paragraph, give or take a line. */
async function expectThere(pane: Locator, paragraph: number): Promise<void> {
  await expect(async () => {
    const there = await read(pane);
    expect(Math.abs(there - paragraph), `paragraph ${there}, not ${paragraph}`).toBeLessThanOrEqual(1);
  }).toPass({ timeout: 10_000 });
}

/** With the wheel, as a person would; answers with the paragraph one comes to. */
async function scrollTo(desk: Desk, paragraph: number): Promise<number> {
  await sheet(desk).hover();
  await expect(async () => {
    const away = paragraph - (await read(sheet(desk)));
    if (Math.abs(away) > 1) await desk.page.mouse.wheel(0, away * 60);
    expect(Math.abs(away)).toBeLessThanOrEqual(1);
  }).toPass({ intervals: [50] });
  await still(sheet(desk));
  return read(sheet(desk));
}

/** The browser glides after the wheel: until nothing has moved for some frames. */
async function still(pane: Locator): Promise<void> {
  await pane.evaluate(
    (scroller) =>
      new Promise<void>((rests) => {
        let [at, frames] = [scroller.scrollTop, 0];
        const look = () => {
          frames = scroller.scrollTop === at ? frames + 1 : 0;
          at = scroller.scrollTop;
          if (frames < 10) requestAnimationFrame(look);
          else rests();
        };
        look();
      }),
  );
}

async function member(server: Server, ada: Person, document: Document, name: string, display: string): Promise<Person> {
  const person = await Person.signUp(server, name, display);
  await ada.addMember(document, name, "edit");
  return person;
}

test("following somebody keeps their place before one's eyes, in any view and on a phone, until one scrolls oneself", async ({
  server,
  ada,
  open,
}) => {
  const document = await ada.newDocument(long);
  const grace = await member(server, ada, document, "grace", "Grace Hopper");
  const reader = await Person.byLink(server, await ada.shareLink(document, "view"), "Quiet Heron");
  const leads = await open(ada, document, { panes: "view", viewport: { width: 1100, height: 700 } });
  const desk = await open(grace, document, { panes: "both" });
  const small = await open(reader, document, phone);

  let there = await scrollTo(leads, 60);
  await face(desk, "Ada Lovelace").click();
  await expect(pill(desk)).toContainText("Following Ada Lovelace");
  await expect(face(desk, "Ada Lovelace")).toHaveAttribute("aria-pressed", "true");
  await expectThere(sheet(desk), there);
  await expectThere(source(desk), there);
  await face(small, "Ada Lovelace").tap();
  await expectThere(sheet(small), there);

  there = await scrollTo(leads, 140);
  await expectThere(sheet(desk), there);
  await expectThere(source(desk), there);
  await expectThere(sheet(small), there);
  for (const [name, pane] of [["Edit", source(desk)], ["View", sheet(desk)], ["Both", source(desk)]] as const) {
    await desk.view(name);
    await expectThere(pane, there);
    await expect(pill(desk)).toBeVisible();
  }

  await sheet(desk).hover();
  await desk.page.mouse.wheel(0, 300);
  await expect(pill(desk)).toHaveCount(0);
  const stays = await read(sheet(desk));
  there = await scrollTo(leads, 20);
  await expectThere(sheet(small), there);
  expect(Math.abs((await read(sheet(desk))) - stays)).toBeLessThan(15);

  const finger = await small.page.context().newCDPSession(small.page);
  const touch = (type: string, y?: number) => finger.send("Input.dispatchTouchEvent", { type, touchPoints: y ? [{ x: 180, y }] : [] } as never);
  await touch("touchStart", 500);
  await expect(pill(small), "a finger on the text holds nothing up").toBeVisible();
  await touch("touchMove", 420);
  await touch("touchEnd");
  await expect(pill(small)).toHaveCount(0);

  await desk.page.getByRole("button", { name: "Scroll together" }).click();
  const apart = await read(source(desk));
  await face(desk, "Ada Lovelace").click();
  await expectThere(sheet(desk), there);
  expect(await read(source(desk)), "scrolling apart, the source stays where one writes").toBe(apart);
});

test("a caret is followed as it moves, and everything one does oneself ends it", async ({ server, ada, open }) => {
  const document = await ada.newDocument(long);
  const grace = await member(server, ada, document, "grace", "Grace Hopper");
  const leads = await open(ada, document, { panes: "both" });
  const desk = await open(grace, document, { panes: "both" });
  await scrollTo(leads, 100);
  await expectThere(source(leads), 100);
  await source(leads).click({ position: { x: 300, y: 280 } });
  await leads.page.keyboard.type("here");
  const there = await read(source(leads));
  await leads.expectSaved();

  const ends: [string, () => Promise<void>][] = [
    ["Esc", () => desk.page.keyboard.press("Escape")],
    ["the button", () => pill(desk).getByRole("button", { name: "Stop following Ada Lovelace" }).click()],
    ["a second press", () => face(desk, "Ada Lovelace").click()],
    ["a key", async () => (await sheet(desk).focus(), await desk.page.keyboard.press("PageUp"))],
    ["an edit", async () => (await desk.source.focus(), await desk.page.keyboard.type("x"))],
    ["the caret", async () => (await desk.source.focus(), await desk.page.keyboard.press("ArrowDown"))],
  ];
  for (const [name, act] of ends) {
    await face(desk, "Ada Lovelace").click();
    await expectThere(sheet(desk), there);
    await expectThere(source(desk), there);
    await act();
    await expect(pill(desk), name).toHaveCount(0);
  }

  await face(desk, "Ada Lovelace").click();
  await leads.page.keyboard.press("Control+Home");
  await expect(desk.text.getByText("Paragraph 1.")).toBeInViewport();
  await leads.page.goto("about:blank");
  await expect(desk.page.getByText("Ada Lovelace left. You are no longer following.")).toBeVisible();
  await expect(pill(desk)).toHaveCount(0);
});

test("two who follow each other come to rest", async ({ server, ada, open }) => {
  const document = await ada.newDocument(long);
  const grace = await member(server, ada, document, "grace", "Grace Hopper");
  const watcher = await Stock.join(server, await Person.byLink(server, await ada.shareLink(document, "view")), document, "y-websocket 3.1");
  const [hers, theirs] = [await open(ada, document, { panes: "view" }), await open(grace, document, { panes: "view" })];
  const [near, far] = [await scrollTo(hers, 30), await scrollTo(theirs, 150)];
  // The first paragraph is on line 2, with an empty line after each.
  const paragraphs = () =>
    [...watcher.provider.awareness.getStates().values()]
      .flatMap((state) => (typeof state["line"] === "number" ? [[(state["user"] as { name: string }).name, state["line"] / 2] as const] : []))
      .sort();
  const expectTold = () =>
    expect(() => {
      const [[, ada], [, grace]] = paragraphs() as [[string, number], [string, number]];
      expect(Math.max(Math.abs(ada - near), Math.abs(grace - far))).toBeLessThan(2);
    }).toPass();
  await expectTold();
  await Promise.all([face(hers, "Grace Hopper").click(), face(theirs, "Ada Lovelace").click()]);
  await expectThere(sheet(hers), far);
  await expectThere(sheet(theirs), near);
  await expect(pill(hers)).toBeVisible();
  await expect(pill(theirs)).toBeVisible();
  // Nobody who follows says where they have come to.
  await expectTold();
  watcher.leave();
});

test("an editor brings everybody; who is typing is asked, and a reader cannot", async ({
  server,
  ada,
  open,
}) => {
  const document = await ada.newDocument(long);
  const grace = await member(server, ada, document, "grace", "Grace Hopper");
  const link = await ada.shareLink(document, "view");
  const reader = await Person.byLink(server, link, "Quiet Heron");
  const leads = await open(ada, document, { panes: "view" });
  const desk = await open(grace, document, { panes: "both" });
  const small = await open(reader, document, phone);
  await expect(small.page.getByRole("button", { name: "Everybody here: 3 people" })).toBeVisible();

  const there = await scrollTo(leads, 90);
  await desk.source.click();
  await desk.page.keyboard.type("busy ");
  await leads.more("Bring everyone here");
  await expect(leads.page.getByText("Everybody is brought to where you are.")).toBeVisible();
  await expect(pill(small)).toContainText("Ada Lovelace brought everybody here");
  await expectThere(sheet(small), there);
  await expect(desk.page.getByText("Ada Lovelace brought everybody here.")).toBeVisible();
  await expect(pill(desk)).toHaveCount(0);
  await desk.page.getByRole("button", { name: "Go there" }).click();
  await expect(pill(desk)).toContainText("Ada Lovelace");
  await expectThere(sheet(desk), there);
  await expect(pill(leads)).toHaveCount(0);
  await expect(small.page.locator(".sr[aria-live=polite]").getByText("Ada Lovelace brought everybody here.")).toBeAttached();

  await small.page.getByRole("button", { name: "More", exact: true }).tap();
  await expect(small.page.getByRole("menuitem", { name: "Everybody here" })).toBeVisible();
  await expect(small.page.getByRole("menuitem", { name: "Bring everyone here" })).toHaveCount(0);
});

test("a reader's call is not passed on, and an old one is not heard by who comes later", async ({ server, ada, open }) => {
  const document = await ada.newDocument(long);
  const link = await ada.shareLink(document, "view");
  const join = async (name: string, role: "view" | "edit") =>
    Stock.join(server, await Person.byLink(server, role === "view" ? link : await ada.shareLink(document, role), name), document, "y-websocket 3.1");
  const [jay, sexton] = [await join("Loud Jay", "view"), await join("Old Sexton", "edit")];
  const here = await open(await Person.byLink(server, link, "Early Lark"), document, phone);
  await expect(here.page.getByRole("button", { name: "Everybody here: 3 people" })).toBeVisible();
  jay.provider.awareness.setLocalStateField("call", Date.now());
  jay.provider.awareness.setLocalStateField("line", 7);
  const heard = () => [...sexton.provider.awareness.getStates().values()].find(({ line }) => line === 7);
  await expect.poll(heard).toBeTruthy();
  expect(heard()).not.toHaveProperty("call");
  sexton.provider.awareness.setLocalStateField("call", Date.now() - 60_000);
  await expect(pill(here), "whose clock is wrong is heard by those who are here").toContainText("Old Sexton");
  const late = await open(await Person.byLink(server, link, "Late Owl"), document, phone);
  await expect(late.page.getByRole("button", { name: "Everybody here: 4 people" })).toBeVisible();
  await expect(pill(late)).toHaveCount(0);
  for (const stock of [jay, sexton]) stock.leave();
});

test("others' carets can be hidden, and stay hidden on this device", async ({ server, ada, open }) => {
  const document = await ada.newDocument("# Together\n\nSome words.\n");
  const grace = await member(server, ada, document, "grace", "Grace Hopper");
  const desk = await open(ada, document, { panes: "both" });
  const other = await open(grace, document, { panes: "edit" });
  await other.select("words");
  const caret = desk.page.locator(".cm-peer-caret");
  await expect(caret).toBeVisible();
  await desk.more("Hide others’ carets");
  await expect(caret).toBeHidden();
  expect(await desk.page.locator(".cm-peer-selection").evaluate((mark) => getComputedStyle(mark).backgroundColor)).toBe("rgba(0, 0, 0, 0)");
  await desk.page.reload();
  await expect(caret).toBeAttached();
  await expect(caret).toBeHidden();
  await desk.page.keyboard.press("F1");
  await desk.page.keyboard.type("Show others");
  await desk.page.keyboard.press("Enter");
  await expect(caret).toBeVisible();
});

test("the list of everybody counts readers too, and works by keyboard", async ({ server, ada, open }) => {
  const document = await ada.newDocument(long);
  const link = await ada.shareLink(document, "view");
  const names = ["Amber Fox", "Bold Wren", "Calm Otter", "Dry Newt", "Early Lark", "Fair Seal"];
  const guests: Stock[] = [];
  for (const name of names) guests.push(await Stock.join(server, await Person.byLink(server, link, name), document, "y-websocket 3.1"));
  guests[3]?.provider.awareness.setLocalStateField("line", 241);
  guests[4]?.provider.awareness.setLocalStateField("idle", true);
  const desk = await open(ada, document, { panes: "both" });
  await desk.source.click();

  const more = desk.page.getByRole("button", { name: "Everybody here: 7 people" });
  await more.focus();
  await desk.page.keyboard.press("Enter");
  const list = desk.page.getByRole("dialog", { name: "Everybody here" });
  await expect(list).toContainText("1 writing, 5 reading, 1 idle");
  await expect(list.getByRole("listitem")).toHaveCount(7);
  await expect(list.getByRole("listitem").first()).toContainText("you, writing");
  await expect(list.getByRole("button", { name: "Follow Amber Fox" })).toBeFocused();
  await desk.page.keyboard.press("ArrowUp");
  await expect(list.getByRole("button", { name: "Bring everyone here" })).toBeFocused();
  await desk.page.keyboard.press("Escape");
  await expect(list).toHaveCount(0);
  await expect(more).toBeFocused();
  await desk.page.keyboard.press("Enter");
  for (let step = 0; step < 3; step++) await desk.page.keyboard.press("ArrowDown");
  await desk.page.keyboard.press("Enter");
  await expect(list).toHaveCount(0);
  await expect(pill(desk)).toContainText("Following Dry Newt");
  await expectThere(sheet(desk), 120);

  const small = await open(ada, document, { ...phone, panes: "view" });
  await small.page.getByRole("button", { name: "Everybody here: 7 people" }).tap();
  await small.page.getByRole("dialog", { name: "Everybody here" }).getByRole("button", { name: "Follow Dry Newt" }).tap();
  await expectThere(sheet(small), 120);
  await small.page.getByRole("button", { name: "Stop following Dry Newt" }).tap();
  await expect(pill(small)).toHaveCount(0);
  for (const guest of guests) guest.leave();
});

test("who comes and goes, and what the connection does, is said once", async ({ server, ada, open }) => {
  const document = await ada.newDocument("# Together\n");
  const link = await ada.shareLink(document, "view");
  const join = async (name: string) => Stock.join(server, await Person.byLink(server, link, name), document, "y-websocket 3.1");
  const here = await join("Amber Fox");
  const desk = await open(ada, document, { panes: "both" });
  const said = desk.page.locator(".sr[aria-live=polite]");
  await desk.expectSource("# Together\n");
  await expect(desk.people).toContainText("Amber Fox");
  await said.evaluate((region) => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    new MutationObserver(() => heard.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
  });
  const [wren, otter] = await Promise.all([join("Bold Wren"), join("Calm Otter")]);
  await expect(said).toHaveText(/^(Bold Wren and Calm Otter|Calm Otter and Bold Wren) joined\.$/);
  await desk.toEnd();
  await desk.page.keyboard.type("typed while others look on");
  for (const guest of [here, wren, otter]) guest.leave();
  await expect(said).toHaveText("3 people left.");

  const port = Number(new URL(server.url).port);
  await server.end("SIGKILL");
  await expect(said).toHaveText("Connection lost. Your edits are kept and will be sent.");
  const again = await Server.start({ port, data: server.data });
  await expect(said).toHaveText("Connected again.", { timeout: 30_000 });
  const heard = await desk.page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  expect(heard, "nothing else, and nothing twice").toHaveLength(4);
  await desk.expectSaved();
  await again.end("SIGKILL");
});
