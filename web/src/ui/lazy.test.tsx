import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { lazily } from "./lazy";
import { Toasts } from "./toasts";

afterEach(() => render(null, document.body));

const Part = ({ word }: { word: string; onClose(): void }) => <b>{word}</b>;
const shown = () => document.querySelector("b")?.textContent;

test("what was brought before is there at once", async () => {
  const load = vi.fn(async () => Part);
  const Late = lazily(load);
  Late.bring();
  await act(async () => {});
  render(<Late word="here" onClose={() => {}} />, document.body);
  expect(shown()).toBe("here");
  expect(load).toHaveBeenCalledOnce();
});

test("what cannot come is said and closed, and asked for again the next time", async () => {
  const load = vi.fn(async () => Part).mockRejectedValueOnce(new Error("offline"));
  const Late = lazily(load);
  const onClose = vi.fn();
  render(<><Late key="1" word="here" onClose={onClose} /><Toasts /></>, document.body);
  await vi.waitFor(() => expect(document.body.textContent).toContain("could not be loaded"));
  expect(onClose).toHaveBeenCalledOnce();
  render(<><Late key="2" word="here" onClose={onClose} /><Toasts /></>, document.body);
  await vi.waitFor(() => expect(shown()).toBe("here"));
});
