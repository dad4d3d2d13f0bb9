/**
 * Typing on the train, on a phone, while the page is killed again and again.
 *
 * `GALLEY_TEST_KILLS=40 GALLEY_TEST_SEED=7 node node_modules/@playwright/test/cli.js test kills` is the whole run, of 500
 * keystrokes; without them it is three kills of a seed that stays the same, and how many milliseconds went missing is told,
 * not judged: a busy machine's disk is not the page's fault.
 *
 * Each life opens the document (without a network: from the device), types on where the caret happens to be, letter by
 * letter or composing, and ends at a moment nobody chose: its renderer or its browser is killed, or it is closed. Some lives
 * have a network. Somebody else writes on the first line meanwhile.
 */
import { type End, Phone } from "./lives";
import type { Document, Person } from "./people";
import { expect, type Line, test } from "./train";
import { Writer } from "./writers";

const kills = Number(process.env["GALLEY_TEST_KILLS"] ?? 3);
const whole = kills > 3;
const seed = Number(process.env["GALLEY_TEST_SEED"] ?? (whole ? 1 + Math.floor(Math.random() * 1_000_000) : 7));
const keystrokes = whole ? 500 : 60;
/** A batch (`device/copy.ts`), and what a busy machine takes to commit it. */
const lossMax = { batchMs: 250, commitMs: 250 };

const words = "the line goes under the mountain and für eine Weile is nothing heard of it".split(" ");

interface Life {
  network: "none" | "some" | "until saved";
  end: End;
  /** Where in the person's own part of the text. */
  at: number;
  how: "letters" | "composing";
  /** Enter takes spaces behind it away, and repeats those its line begins with. */
  lines: boolean;
  count: number;
  /** After the last keystroke. */
  restMs: number;
}

interface Typed {
  text: string;
  /** When each letter was in the page. */
  at: number[];
}

test(`OF100 OF101 OF102 OF103: killed ${kills} times`, async ({ server, ada, line }) => {
  test.setTimeout(60_000 + kills * 20_000);
  const next = random(seed);
  const document = await ada.newDocument("Bob: \nAda: ");
  const bob = await Writer.join(server, ada, document, "Bob");
  const phone = new Phone(line.url, ada);
  const sums = { typed: 0, missing: 0, missingMs: 0, missingAfterClose: 0, lostKept: 0, understated: 0 };
  try {
    await phone.settle(document);
    const run: Run = { ada, number: 0, next, phone, line, document, onServer: own(await ada.text(document)), sums };
    for (let number = 1; number <= kills; number++) {
      const life = planned(next, own(await phone.text()), Math.ceil(keystrokes / kills));
      bob.write("Bob: ", `${number} `);
      await lived(life, Object.assign(run, { number }));
    }
    const mine = own(await phone.text());
    await line.restore();
    await phone.desk.expectSaved();
    // The other's line was cut as well.
    await expect.poll(() => ada.text(document)).toContain(`Bob: ${kills} `);
    await expect.poll(async () => bob.stock.text === (await ada.text(document))).toBe(true);
    await phone.desk.expectSource(bob.stock.text);
    expect(own(bob.stock.text)).toBe(mine);
    for (let number = 1; number <= kills; number++) expect(bob.stock.text.split("\n")[0]).toContain(` ${number} `);
  } finally {
    console.log(`seed ${seed}, ${kills} lives: ${JSON.stringify(sums)}`);
    bob.leave();
    await phone.dispose();
  }
});

interface Run {
  ada: Person;
  number: number;
  next: () => number;
  phone: Phone;
  line: Line;
  document: Document;
  /** The person's own part of the text as the server has it. */
  onServer: string;
  sums: { typed: number; missing: number; missingMs: number; missingAfterClose: number; lostKept: number; understated: number };
}

/** One life: types, ends, is opened again, and what is there is held against what was typed and what was said. */
async function lived(life: Life, run: Run): Promise<void> {
  const { ada, number, next, phone, line, document, sums } = run;
  const alone = life.network === "none";
  await (alone ? line.cut() : line.restore());
  const base = own(await phone.text());
  phone.said = [];
  await phone.caretTo(life.at);
  const typed = await type(phone, life, next);
  if (life.network === "until saved") await phone.desk.expectSaved();
  await pause(life.restMs);
  const endedAt = await phone.end(life.end);
  const claimed = alone ? most(phone.said) : 0;
  const said = phone.said.slice(-3).join(" | ");

  await phone.start(document);
  if (!alone) {
    await phone.desk.expectSaved();
    run.onServer = own(await ada.text(document));
  }
  const text = own(await phone.text());
  const kept = keptOf(text, base, life.at, typed.text);
  const told = `life ${number}: ${JSON.stringify({ ...life, typed: typed.text, base, text, said, again: phone.said })}`;
  if (kept === null) throw new Error(`what is there is not what was typed: ${told}`);

  const missing = typed.text.length - kept;
  const ms = missing > 0 ? Math.round(endedAt - (typed.at[kept] ?? endedAt)) : 0;
  sums.typed += typed.text.length;
  sums.missing += missing;
  sums.missingMs = Math.max(sums.missingMs, ms);
  if (life.end === "close") sums.missingAfterClose += missing;
  sums.lostKept += Math.max(0, claimed - (text.length - run.onServer.length), life.network === "until saved" ? missing : 0);
  expect(sums, told).toMatchObject({ missingAfterClose: 0, lostKept: 0 });
  if (whole) expect(ms, told).toBeLessThanOrEqual(lossMax.batchMs + lossMax.commitMs);
  if (!alone) return;
  const waiting = text.length - run.onServer.length;
  await expect.poll(() => phone.said.at(-1), told).toMatch(/^Offline/);
  sums.understated += Math.max(0, ...phone.said.map((label) => waiting - counted(label)));
  expect(sums.understated, told).toBe(0);
}

/** The same numbers for the same seed, from 0 to 1. */
function random(from: number): () => number {
  let state = from % 2_147_483_647 || 1;
  return () => ((state = (state * 48_271) % 2_147_483_647) - 1) / 2_147_483_646;
}

function pick<T>(next: () => number, weighted: readonly (readonly [T, number])[]): T {
  let at = next() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) if ((at -= weight) < 0) return value;
  return weighted[0]![0];
}

function planned(next: () => number, text: string, about: number): Life {
  const half = Math.max(1, Math.floor(about / 2));
  const at = next() < 0.6 ? text.length : Math.floor(next() * (text.length + 1));
  return {
    network: pick(next, [["none", 7], ["some", 2], ["until saved", 1]]),
    end: pick(next, [["renderer", 6], ["browser", 2], ["close", 2]]),
    at,
    lines: at === text.length && /(^|\n)[^ \n][^\n]*$/.test(text),
    how: pick(next, [["letters", 1], ["composing", 1]]),
    count: half + Math.floor(next() * (about + 1)),
    restMs: Math.floor(next() ** 2 * 600),
  };
}

/** What stands under the first line, which is somebody else's. */
function own(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}

/** How many of the letters typed there are kept; null: something else is. */
function keptOf(text: string, base: string, at: number, typed: string): number | null {
  const kept = text.length - base.length;
  return kept >= 0 && text === base.slice(0, at) + typed.slice(0, kept) + base.slice(at) ? kept : null;
}

/** So many edits the page called kept. */
function claim(label: string): number {
  return Number(/^Offline: (\d+) edits? on this device$/.exec(label)?.[1] ?? 0);
}

/** So many edits the page says are not on the server; it may say nothing. */
function counted(label: string): number {
  if (label === "Opening") return Number.POSITIVE_INFINITY;
  return Number(/^(?:Offline: |Saving \()(\d+)/.exec(label)?.[1] ?? 0);
}

function most(said: readonly string[]): number {
  return Math.max(0, ...said.map(claim));
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function type(phone: Phone, { how, count, lines }: Life, next: () => number): Promise<Typed> {
  const typed: Typed = { text: "", at: [] };
  let word = "";
  while (typed.text.length < count) {
    const letters = (lines && next() < 0.15 ? "\n" : " ") + pick(next, words.map((it) => [it, 1] as const));
    for (const letter of letters.slice(0, count - typed.text.length)) {
      const inWord = how === "composing" && letter !== " " && letter !== "\n";
      if (inWord) await phone.compose((word += letter));
      else {
        if (word) await phone.commit(word);
        word = "";
        await phone.press(letter);
      }
      typed.text += letter;
      typed.at.push(performance.now());
      await pause(15 + next() * 65);
    }
  }
  return typed;
}
