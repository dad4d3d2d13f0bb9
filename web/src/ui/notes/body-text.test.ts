import { expect, test } from "vitest";
import type { Known } from "../../session/people";
import { pieces } from "./body-text";

const nobody = new Map<string, Known>();
const ama: Known = { author: "a", display: "Ama Serwaa", name: "ama", peer: 7, guest: false };

const links = (body: string) => pieces(body, nobody).flatMap((it) => (it.kind === "link" ? [it.href] : []));

test.each([
  ["see https://example.org/a?b=c#d.", "https://example.org/a?b=c#d"],
  ["(https://example.org/a_(b))", "https://example.org/a_(b)"],
  ["www.example.org, I think", "https://www.example.org/"],
  ["HTTP://EXAMPLE.ORG/x", "http://example.org/x"],
  ["“https://example.org/x”", "https://example.org/x"],
])("a link: %s", (body, href) => {
  expect(links(body)).toEqual([href]);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)//https",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "file:///etc/passwd",
  "//example.org",
  "https://",
  "https://user:word@example.org/",
  "https://www.example.org@evil.example/",
  "xhttps://example.org",
  "https://localhost",
  "https:// example.org",
  "\u202ehttps://[::1",
  `https://example.org/${"x".repeat(3_000)}`,
])("no link: %j", (body) => {
  expect(links(body)).toEqual([]);
});

test("a link stops at a sign that turns the writing around", () => {
  expect(links("https://example.org/\u202egpj.exe")).toEqual(["https://example.org/"]);
});

test("every character comes out once, in order", () => {
  const body = "a <b>&amp; https://example.org/x, @ama's (www.example.org) @nobody \u0000 <img src=x onerror=alert(1)>";
  expect(pieces(body, new Map([["ama", ama]])).map((it) => it.text).join("")).toBe(body);
});

test("a mention is somebody who was mentioned, by the whole account name", () => {
  const mentions = (body: string) => pieces(body, new Map([["ama", ama]])).filter((it) => it.kind === "mention").length;
  expect(mentions("@ama, @ama! (@ama) @AMA")).toBe(4);
  expect(mentions("@amanda me@ama.example x@ama @@ama /@ama @ama_b @tomasz")).toBe(0);
});

test("empty lines without end are one", () => {
  expect(pieces("a\r\n\n\n\n\nb\n\n", nobody)).toEqual([{ kind: "text", text: "a\n\nb" }]);
});

test("ten thousand senseless characters take no time", () => {
  const before = performance.now();
  for (const part of ["@", "www.", "https://", "https://a.b)", "(((", "@a-"]) pieces(part.repeat(10_000 / part.length), nobody);
  expect(performance.now() - before).toBeLessThan(500);
});
