/** Uploads where the source, which shows them at their places, is not on the screen. */
import type { Desk } from "./desk";
import { UploadRow } from "./upload-row";

export function UploadTray({ desk }: { desk: Desk }) {
  const open = desk.uploads.open.value;
  if (desk.shown.value !== "view" || open.length === 0) return null;
  return (
    <div class="upload-tray" role="region" aria-label="Uploads">
      {open.map((upload) => (
        <UploadRow key={upload.id} upload={upload} />
      ))}
    </div>
  );
}
