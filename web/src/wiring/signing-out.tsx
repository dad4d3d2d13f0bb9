/** Signing out, wherever it is offered: wires `ui/kept/signing-out.ts` to the browser. The question is its own layer. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { api, type Me } from "../session/api";
import { type Device } from "../session/device/device";
import { waits } from "../session/device/waits";
import { forgetPerson, keepPerson } from "../session/device/owners";
import { SignOutDialog } from "../ui/kept/sign-out";
import { createSignOut } from "../ui/kept/signing-out";
import { toast } from "../ui/toasts";

/** `send` tries to send everything once. */
export function signingOut(me: Me, device: Device | null, send: () => Promise<void>): () => void {
  const author = me.kind === "nobody" ? null : me.author;
  const flow = createSignOut({
    waiting: async () => ((await device?.cards()) ?? []).filter(waits),
    logout: api.logout,
    send,
    async download(cards) {
      const { saveTexts } = await import("../ui/kept/text-files");
      const files = await Promise.all(cards.map(async ({ id, document }) => ({ title: document.title, text: (await device?.text(id)) ?? "" })));
      await saveTexts(files);
    },
    keep: async () => void (author && (await keepPerson(author))),
    forget: async () => void (author && (await forgetPerson(author))),
    leave: () => location.replace("/"),
    say: toast,
  });

  let layer: HTMLElement | null = null;
  effect(() => {
    if (flow.state.value.kind === "no" || layer) return;
    layer = document.body.appendChild(document.createElement("div"));
    render(<SignOutDialog flow={flow} />, layer);
  });
  return () => void flow.begin();
}
