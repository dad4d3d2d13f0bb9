import { expect, test } from "vitest";
import { base64url, binary, bytes, quietly, toJson } from "./passkey";

test("base64url there and back, for every length", () => {
  for (let length = 0; length < 9; length++) {
    const value = Uint8Array.from({ length }, (_, at) => 255 - at * 7);
    expect([...bytes(base64url(value))]).toEqual([...value]);
  }
  expect(base64url(Uint8Array.of(251, 255))).toBe("-_8");
});

test("binary values are turned where they stand and nowhere else", () => {
  const options = { challenge: "AQ", rpId: "AQ", allowCredentials: [{ id: "Ag", type: "public-key" }] };
  const turned = binary(options, ["challenge", "allowCredentials.*.id", "not.there"]) as typeof options;
  expect([...(turned.challenge as unknown as Uint8Array)]).toEqual([1]);
  expect([...(turned.allowCredentials[0]?.id as unknown as Uint8Array)]).toEqual([2]);
  expect([turned.rpId, options.challenge]).toEqual(["AQ", "AQ"]);
});

test("an answer carries what the device sent and nothing it did not", () => {
  const credential = {
    id: "abc",
    type: "public-key",
    authenticatorAttachment: "platform",
    response: { clientDataJSON: Uint8Array.of(1).buffer, signature: Uint8Array.of(2).buffer, userHandle: null },
    getClientExtensionResults: () => ({}),
  };
  expect(toJson(credential as unknown as PublicKeyCredential)).toMatchObject({
    id: "abc",
    rawId: "abc",
    response: { clientDataJSON: "AQ", signature: "Ag" },
  });
});

test("cancelling is quiet; another refusal is a sentence and not the browser's own words", async () => {
  const refuse = (name: string) => quietly(() => Promise.reject(new DOMException("The relying party ID is not…", name)));
  expect(await refuse("NotAllowedError")).toBeNull();
  await expect(refuse("InvalidStateError")).rejects.toThrow("already has a passkey");
  await expect(refuse("UnknownError")).rejects.toThrow("The device refused.");
});
