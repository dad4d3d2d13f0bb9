/** What input methods do, as tables: `ime.spec.ts` runs them on a desk and on a phone. */
import type { Case } from "./composing";

const nihon = ["に", "にh", "にほ", "にほn", "にほん", "日本"].map((compose) => ({ compose }));

/** The other writes at each of the places that matter while a word is composed. */
export const places: Case[] = (
  [
    ["at the caret", ["beta", "betaR"], "one\nalpha betaR日本|\nlast", "one\nalpha betaR|\nlast"],
    ["before, on the line", ["alpha", "alRpha"], "one\nalRpha beta日本|\nlast", "one\nalRpha beta|\nlast"],
    ["on a line before", ["one", "one R\nand more"], "one R\nand more\nalpha beta日本|\nlast", "one R\nand more\nalpha beta|\nlast"],
    ["on a line after", ["last", "last R"], "one\nalpha beta日本|\nlast R", "one\nalpha beta|\nlast R"],
  ] as [string, [string, string], string, string][]
).map(([place, other, end, undone]) => ({
  name: `the other writes ${place}`,
  start: "one\nalpha beta|\nlast",
  steps: [...nihon.slice(0, 3), { other }, ...nihon.slice(3), { commit: "日本" }],
  end,
  undone,
}));

places.push({
  name: "the other writes after, on the line",
  start: "one\nalpha | beta\nlast",
  steps: [...nihon.slice(0, 3), { other: ["beta", "beRta"] }, ...nihon.slice(3), { commit: "日本" }],
  end: "one\nalpha 日本| beRta\nlast",
  undone: "one\nalpha | beRta\nlast",
});

const hangul = (...syllables: string[][]) =>
  syllables.flatMap((parts) => [...parts.map((compose) => ({ compose })), { commit: parts.at(-1) ?? "" }]);

export const languages: Case[] = [
  {
    name: "emoji, taken away whole",
    start: "a👨‍👩‍👧|b",
    steps: [{ key: "Backspace" }, { other: ["b", "bR"] }],
    end: "a|bR",
    undone: "a👨‍👩‍👧|bR",
  },
  {
    name: "Korean, syllable by syllable",
    start: "안녕 |",
    steps: [...hangul(["ㅎ", "하", "한"], ["ㄱ", "구", "국"]), { other: ["안녕", "안녕!"] }, ...hangul(["ㅇ", "어"])],
    end: "안녕! 한국어|",
    undone: null,
  },
  {
    name: "Japanese, converted in segments",
    start: "- |",
    steps: [
      ...["きょ", "きょうは", "きょうはあめ", "今日はあめ", "今日は雨"].map((compose) => ({ compose })),
      { other: ["- ", "- R"] },
      { commit: "今日は雨" },
    ],
    end: "- R今日は雨|",
    undone: "- R|",
  },
  {
    name: "Japanese, given up",
    start: "one |two",
    steps: [{ compose: "か" }, { compose: "かな" }, { other: ["two", "two R"] }, { compose: "" }],
    end: "one |two R",
    undone: null,
  },
  {
    name: "Chinese, from pinyin",
    start: "|\nrest",
    steps: [...["n", "ni", "ni'h", "ni'hao"].map((compose) => ({ compose })), { other: ["rest", "rest R"] }, { commit: "你好" }],
    end: "你好|\nrest R",
    undone: "|\nrest R",
  },
  {
    name: "emoji, of one letter and of many",
    start: "a|b",
    steps: [{ commit: "😀" }, { other: ["b", "Rb"] }, { commit: "👨‍👩‍👧" }, { other: ["a", "aS"] }, { commit: "👍🏽" }, { commit: "🇩🇪" }],
    end: "aS😀👨‍👩‍👧👍🏽🇩🇪|Rb",
    undone: null,
  },
];

export const keyboards: Case[] = [
  {
    name: "a word already written is composed again",
    start: "teh words|",
    steps: [{ compose: "word", over: "words" }, { other: ["teh", "tehR"] }, { compose: "world" }, { commit: "world" }],
    end: "tehR world|",
    undone: "tehR words|",
  },
  {
    name: "the word is corrected at the space",
    start: "one |",
    steps: [{ compose: "t" }, { compose: "te" }, { compose: "teh" }, { other: ["one", "Rone"] }, { commit: "the" }, { commit: " " }],
    end: "Rone the |",
    undone: "Rone |",
  },
  {
    name: "the word is corrected after the space",
    start: "one teh |",
    steps: [{ compose: "the ", over: "teh " }, { other: ["one", "oneR"] }, { commit: "the " }],
    end: "oneR the |",
    undone: "oneR teh |",
  },
  {
    name: "two spaces become a full stop",
    start: "an end |\nR",
    steps: [{ other: ["R", "RR"] }, { compose: ". ", over: " " }, { commit: ". " }],
    end: "an end. |\nRR",
    undone: "an end |\nRR",
  },
  {
    name: "dictation writes its sentence again and again",
    start: "- |\nR",
    steps: [
      { compose: "i scream" },
      { compose: "Ice cream" },
      { other: ["R", "RR"] },
      { compose: "Ice cream is" },
      { compose: "I scream is" },
      { other: ["- ", "- S "] },
      { compose: "Ice cream is good." },
      { commit: "Ice cream is good." },
    ],
    end: "- S Ice cream is good.|\nRR",
    undone: "- S |\nRR",
  },
  {
    name: "words are swept",
    start: "R|",
    steps: [{ commit: " " }, { compose: "whole" }, { commit: "whole" }, { other: ["R", "RR"] }, { commit: " " }, { compose: "words" }, { compose: "wards" }, { commit: "wards" }],
    end: "RR whole wards|",
    undone: "RR whole |",
  },
  {
    name: "a list goes on after the word",
    start: "- one\n- |\nR",
    steps: [{ compose: "mil" }, { other: ["one", "oneR"] }, { commit: "milk" }, { key: "Enter" }, { compose: "egg" }, { commit: "eggs" }],
    end: "- oneR\n- milk\n- eggs|\nR",
    undone: "- oneR\n- milk\n- |\nR",
  },
  {
    name: "Enter comes before the word is finished",
    start: "- one\n- |\nR",
    steps: [{ compose: "milk" }, { other: ["one", "oneR"] }, { key: "Enter" }, { compose: "eggs" }, { commit: "eggs" }],
    end: "- oneR\n- milk\n- eggs|\nR",
    undone: "- oneR\n- milk\n- |\nR",
  },
];

/** What comes in the middle of a word from elsewhere than the keyboard. */
export const interruptions: Case[] = [
  {
    name: "a button is pressed",
    start: "one |\nR",
    steps: [{ compose: "bo" }, { compose: "bold" }, { other: ["R", "RR"] }, { press: "Bold" }, { compose: "er" }, { commit: "er" }],
    end: "one bold**er|**\nRR",
    undone: "one bold**|**\nRR",
  },
  {
    name: "it is undone in the middle",
    start: "one |\nR",
    steps: [{ compose: "tw" }, { compose: "two" }, { other: ["R", "RR"] }, { undo: true }],
    end: "one |\nRR",
    undone: null,
  },
  {
    name: "the other writes at the caret, and the word rests",
    start: "one |\nR",
    steps: [{ compose: "tw" }, { compose: "two" }, { saved: true }, { behind: ["one ", "S"] }, { sees: "S" }, { commit: "!" }],
    end: "one Stwo!|\nR",
    undone: null,
  },
  {
    name: "the other takes the paragraph away, and the word rests",
    start: "one\n\nalpha |beta\n\nlast",
    steps: [{ compose: "tw" }, { saved: true }, { other: ["alpha twbeta", ""] }, { gone: "alpha" }, { compose: "new" }, { commit: "new" }],
    end: "one\n\nnew|\n\nlast",
    undone: null,
  },
];
