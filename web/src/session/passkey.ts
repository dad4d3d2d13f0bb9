/**
 * WebAuthn's objects as JSON and back: the server speaks JSON, the browser binary.
 *
 * The conversion is our own in every browser: password managers that stand in for the device break the built-in
 * `toJSON`. Invariant: a person who cancels gets `null`, which is no failure; every other refusal is a sentence for
 * people. Next: `api.ts`, which carries both halves of a ceremony.
 */
import { api, type Me, type Passkey } from "./api";
import { ApiError } from "./call";

/** Whether this page can have passkeys at all. */
export function passkeysPossible(): boolean {
  return isSecureContext && typeof PublicKeyCredential === "function";
}

/** Makes a passkey on this device and gives it to the account; null when the person cancelled. */
export async function makePasskey(label: string): Promise<Passkey | null> {
  const { ceremony, options } = await api.beginPasskey();
  const publicKey = binary(options.publicKey, creationBinary) as PublicKeyCredentialCreationOptions;
  const credential = await quietly(() => navigator.credentials.create({ publicKey }));
  return credential && api.addPasskey({ ceremony, label, credential: toJson(credential as PublicKeyCredential) });
}

/** Signs in with a passkey of this device; null when the person cancelled. */
export async function signInWithPasskey(): Promise<Me | null> {
  const { ceremony, options } = await api.beginPasskeyLogin();
  const publicKey = binary(options.publicKey, requestBinary) as PublicKeyCredentialRequestOptions;
  const credential = await quietly(() => navigator.credentials.get({ publicKey }));
  return credential && api.passkeyLogin({ ceremony, credential: toJson(credential as PublicKeyCredential) });
}

const refusals: Record<string, string> = {
  InvalidStateError: "This device already has a passkey for this account.",
  SecurityError: "Passkeys do not work at this address. Open the server at the address its links have.",
  NotSupportedError: "This device cannot make a passkey of the kind that is needed. Use another device.",
};

/** Cancelling, and letting the time run out, look the same and are no failure. */
export async function quietly(work: () => Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await work();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    if (name === "NotAllowedError" || name === "AbortError") return null;
    throw new ApiError("passkey_refused", refusals[name] ?? "The device refused. Try again, or use another one.", 0);
  }
}

/** Where binary values stand; `*` is every element of a list. */
const creationBinary = ["challenge", "user.id", "excludeCredentials.*.id"];
const requestBinary = ["challenge", "allowCredentials.*.id"];

/** The options with every base64url string at one of the paths turned into bytes. */
export function binary(options: unknown, paths: readonly string[]): unknown {
  const copy = structuredClone(options);
  for (const path of paths) turn(copy, path.split("."));
  return copy;
}

function turn(value: unknown, [key, ...rest]: string[]): void {
  if (key === undefined || typeof value !== "object" || value === null) return;
  if (key === "*") return void Object.values(value).forEach((item) => turn(item, rest));
  const holder = value as Record<string, unknown>;
  const inner = holder[key];
  if (rest.length > 0) turn(inner, rest);
  else if (typeof inner === "string") holder[key] = bytes(inner);
}

/** What the device answered, every binary value as base64url. */
export function toJson(credential: PublicKeyCredential): unknown {
  const { id, type, authenticatorAttachment, response } = credential;
  const fields = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"] as const;
  const values = response as unknown as Record<string, unknown>;
  const answered = fields.flatMap((name) => {
    const value = values[name];
    return value instanceof ArrayBuffer ? [[name, base64url(new Uint8Array(value))] as const] : [];
  });
  const transports = (response as { getTransports?(): string[] }).getTransports?.();
  return {
    id,
    rawId: id,
    type,
    ...(authenticatorAttachment ? { authenticatorAttachment } : {}),
    response: { ...Object.fromEntries(answered), ...(transports ? { transports } : {}) },
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function base64url(value: Uint8Array): string {
  const plain = btoa(String.fromCharCode(...value));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
