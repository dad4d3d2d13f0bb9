/** What the list does without until somebody asks for it, all in one file (`late-parts.ts`) that comes once the page is shown. */
import { signal } from "@preact/signals";
import { lazily } from "../lazy";

const late = () => import("./late-parts");

export const AccountEntries = lazily(async () => (await late()).AccountEntries);
export const Ask = lazily(async () => (await late()).ListAsk);
export const DiskStrip = lazily(async () => (await late()).DiskStrip);
export const EmptyList = lazily(async () => (await late()).EmptyList);
export const Help = lazily(async () => (await late()).ListHelp);
export const ImportEntries = lazily(async () => (await late()).ImportEntries);
export const ImportStrip = lazily(async () => (await late()).ImportStrip);
export const InlineName = lazily(async () => (await late()).InlineName);
export const ListDrop = lazily(async () => (await late()).ListDrop);
export const NameDialog = lazily(async () => (await late()).NameDialog);
export const RowEntries = lazily(async () => (await late()).RowEntries);

/** It is here: what nobody asked for is shown only then. */
export const brought = signal(false);

/** All of it, once the page is shown: nobody waits for the first menu, and a keyboard on glass finds the page ready for it. */
export async function bringLater(): Promise<void> {
  const { showFocused, trackViewport } = await late();
  trackViewport(showFocused);
  for (const part of [AccountEntries, Ask, Help, ImportEntries, InlineName, NameDialog, RowEntries]) part.bring();
  brought.value = true;
}
