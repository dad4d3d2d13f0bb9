// @vitest-environment node
import { expect, test } from "vitest";
import { Ledger } from "./ledger";

const edits = (ledger: Ledger, count: number) => Array.from({ length: count }, () => ledger.edited());
const refusal = { code: 6, reason: "no disk" };

test("an ack covers the edits of the writes it names, and no others", () => {
  const ledger = new Ledger();
  ledger.sentAll();
  edits(ledger, 2);
  ledger.sentNews();
  edits(ledger, 3);
  ledger.sentNews();
  expect(ledger.unsaved).toBe(5);
  ledger.acked(1);
  expect(ledger.unsaved).toBe(5);
  ledger.acked(2);
  expect(ledger.unsaved).toBe(3);
  ledger.acked(3);
  expect(ledger.unsaved).toBe(0);
});

test("what was not acked on one connection is covered by the first answer on the next", () => {
  const ledger = new Ledger();
  ledger.sentAll();
  edits(ledger, 4);
  ledger.sentNews();
  ledger.connectionLost();
  edits(ledger, 1);
  expect(ledger.unsaved).toBe(5);
  ledger.sentAll();
  ledger.acked(1);
  expect(ledger.unsaved).toBe(0);
});

test("a refused write is settled but not saved, nor is what was written on top of it", () => {
  const ledger = new Ledger();
  ledger.sentAll();
  ledger.acked(1);
  edits(ledger, 1);
  ledger.sentNews();
  edits(ledger, 1);
  ledger.sentNews();
  ledger.nacked(2, refusal);
  ledger.acked(3);
  expect(ledger.unsaved).toBe(2);
  expect(ledger.refusal).toMatchObject(refusal);
  ledger.connectionLost();
  expect(ledger.refusal).toMatchObject(refusal);
  ledger.sentAll();
  ledger.acked(1);
  expect([ledger.unsaved, ledger.refusal]).toEqual([0, null]);
});

test("a refused write that held nothing of ours is not our trouble", () => {
  const ledger = new Ledger();
  ledger.sentAll();
  ledger.nacked(1, refusal);
  ledger.acked(1);
  expect([ledger.unsaved, ledger.refusal]).toEqual([0, null]);
});

test("acks and nacks of writes that were never sent change nothing", () => {
  const ledger = new Ledger();
  edits(ledger, 1);
  ledger.acked(5);
  ledger.nacked(9, refusal);
  expect([ledger.unsaved, ledger.refusal]).toEqual([1, null]);
});
