/** The server has no such document for whoever asks: what this device has of it that was not sent, if anything. */
import { render } from "preact";
import { api } from "./session/api";
import { ApiError } from "./session/call";
import { waits } from "./session/device/waits";
import { type Device, openDevice } from "./session/device/device";
import { keptPage } from "./session/device/kept";
import { owners } from "./session/device/owners";
import { here } from "./session/here";
import { type Boot, takeApp } from "./ui/boot";
import { amount, reasons } from "./ui/kept/words";
import { NoAccess } from "./ui/stop/no-access";
import { Stop } from "./ui/stop/stop";
import { Toasts } from "./ui/toasts";

export async function showKept(boot: Boot): Promise<void> {
  const id = /^\/d\/([0-9a-f-]{36})\/?$/.exec(location.pathname)?.[1];
  const who = boot.me.kind === "nobody" ? here()?.me : boot.me;
  if (!id || !who || !owners().some(({ author }) => author === who.author)) return;
  const device = openDevice(who.author);
  const card = await device.card(id);
  if (!card) return;
  if (boot.me.kind === "nobody") {
    if (waits(card)) showSignIn(who.display);
    return;
  }
  if (card.born && (await make(device, id))) return location.reload();
  if (!card.stranded) await device.strand(id, "access");
  await show(device, id);
}

/** It is only here yet; the server learns of it now. */
async function make(device: Device, id: string): Promise<boolean> {
  try {
    await device.put(await api.create({ id }), { born: false });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 410) await device.strand(id, "gone");
    return false;
  }
}

async function show(device: Device, id: string): Promise<void> {
  const kept = await keptPage(device, id);
  // Everything had been sent: there is nothing to show, and nothing is kept any more.
  if (!kept) return;
  const { card, text, shared } = kept;
  const { title, sentence } = reasons[card.stranded ?? "access"];
  const refusal = { title, sentence, door: { label: "Your documents", href: "/" } };
  const unsent = { text, shared, amount: amount(card.waiting) };
  const remove = () => void device.forget(id).then(() => location.replace("/"));
  render(
    <>
      <NoAccess title={card.document.title || "Untitled"} refusal={refusal} unsent={unsent} onDelete={remove} />
      <Toasts />
    </>,
    takeApp(),
  );
}

function showSignIn(display: string): void {
  render(
    <Stop
      title={`Sign in as ${display}`}
      sentence={`Edits of ${display} in this document wait on this device. They are safe, and are sent once ${display} has signed in again.`}
    >
      <p class="stop-acts">
        <a class="btn primary" href="/">
          Sign in
        </a>
      </p>
    </Stop>,
    takeApp(),
  );
}
