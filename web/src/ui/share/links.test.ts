import { expect, test, vi } from "vitest";
import type { Link } from "../../session/api";
import { createLinks, type LinkCalls } from "./links";

const link = (id: string, over: Partial<Link> = {}): Link => ({
  id,
  role: "edit",
  label: "",
  url: `https://h/s/${id}#x`,
  created_ms: 0,
  used_ms: null,
  uses: 0,
  expires_ms: null,
  expired: false,
  has_password: false,
  ...over,
});

function make(over: Partial<LinkCalls> = {}) {
  return createLinks({
    load: async () => [link("1")],
    add: async (role) => link("2", { role }),
    change: async (id, change) =>
      link(id, change.regenerate ? { url: "https://h/s/1#new" } : (change as Partial<Link>)),
    remove: async () => {},
    ...over,
  });
}

test("what the server answers is what is shown", async () => {
  const links = make();
  links.load();
  await vi.waitFor(() => expect(links.links.value).toEqual([link("1")]));
  links.add("view");
  await vi.waitFor(() => expect(links.links.value?.map((it) => it.id)).toEqual(["2", "1"]));
  links.renew(link("1"));
  await vi.waitFor(() => expect(links.links.value?.[1]?.url).toBe("https://h/s/1#new"));
  links.revoke(link("2"));
  await vi.waitFor(() => expect(links.links.value?.map((it) => it.id)).toEqual(["1"]));
});

test("a refusal is a sentence, and nothing is lost", async () => {
  const links = make({ remove: async () => Promise.reject(new Error("Not now.")) });
  links.load();
  await vi.waitFor(() => expect(links.links.value).toHaveLength(1));
  links.revoke(link("1"));
  await vi.waitFor(() => expect(links.problem.value).toBe("Not now."));
  expect(links.links.value).toHaveLength(1);
});
