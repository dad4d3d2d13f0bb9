// @vitest-environment node
import { expect, test } from "vitest";
import { answered } from "./answered";
import { type Look, stores, transact } from "./database";
import { type Device, openDevice } from "./device";
import { aDocument } from "./test/fake";
import { VirtualBrowser } from "./test/place";

const look: Look = { html: "<p>As it was</p>", lang: "pl", dir: null };

const kept = async (device: Device, id: string) =>
  transact(await device.database(), [stores.looks], "readonly", (store) => answered<Look | undefined>(store(stores.looks).get(id)));

test("OF44 how a text was drawn is kept beside its copy, and goes with it", async () => {
  const device = openDevice("a", new VirtualBrowser().tab());
  await device.put(aDocument("d"));
  await device.keepLook("d", look);
  expect(await kept(device, "d")).toEqual(look);
  await device.forget("d");
  expect(await kept(device, "d")).toBeUndefined();
});

test("OF44 nothing is kept of how a document was drawn that is not kept itself", async () => {
  const device = openDevice("a", new VirtualBrowser().tab());
  await device.keepLook("d", look);
  expect(await kept(device, "d")).toBeUndefined();
});
