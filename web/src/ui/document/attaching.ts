/**
 * Bringing pictures and files into the document: from a press, a drop or the clipboard, as one thing. And
 * what is said aloud about it.
 */
import { effect, untracked } from "@preact/signals";
import { h, render } from "preact";
import type { Attachment, Uploading, Where } from "../../editor/arrivals";
import type { EditorHandle } from "../../editor/editor";
import type { KeptUploads } from "../../session/device/kept-uploads";
import type { Upload, Uploads } from "../../session/uploads";
import { announce } from "../announce";
import { count } from "../time";
import { UploadRow } from "./upload-row";

/** What the editor asks of the page. */
export function uploadingFor(uploads: Uploads, kept: KeptUploads | null): Uploading {
  return {
    add(attachments, spot) {
      const [only] = attachments;
      announce(attachments.length === 1 && only ? `Uploading ${only.name}.` : `Uploading ${count(attachments.length, "file")}.`);
      const added = attachments.map(({ body, name }) => uploads.add(body, name));
      added.forEach(sayOutcome);
      added.forEach((upload) => kept?.watch(upload, spot));
      return added;
    },
    landed: (upload) => kept?.landed(upload),
    draw(upload, into) {
      render(h(UploadRow, { upload }), into);
      return () => render(null, into);
    },
  };
}

/** Once for each outcome. */
function sayOutcome(upload: Upload): void {
  const stop = effect(() => {
    const state = upload.state.value;
    if (state.kind === "failed") announce(`${upload.name} was not uploaded: ${state.sentence}`);
    if (state.kind === "stored") announce(`${upload.name} is in the text.`);
    if (state.kind === "stored" || state.kind === "cancelled") untracked(() => queueMicrotask(() => stop()));
  });
}

/** To the caret where there is one, else to the end: a caret nobody has set stands before the first letter. */
export function caretOrEnd({ view }: EditorHandle): Where {
  return view.hasFocus || view.state.selection.main.head > 0 ? { kind: "caret" } : { kind: "end" };
}

/** Where something let go over the window belongs: in the source to the letter under it, else to the caret. */
export function dropPlace(editor: EditorHandle, x: number, y: number, target: EventTarget | null): Where {
  const inSource = target instanceof Node && editor.view.scrollDOM.contains(target);
  return inSource ? { kind: "point", x, y } : caretOrEnd(editor);
}

/** Asks the system for files. */
export function choose(accept: string | null, from: "files" | "camera", then: (files: File[]) => void): void {
  const input = document.createElement("input");
  input.type = "file";
  if (accept) input.accept = accept;
  if (from === "camera") input.setAttribute("capture", "environment");
  else input.multiple = true;
  input.onchange = () => then([...(input.files ?? [])]);
  input.click();
}

export const attachmentsOf = (files: readonly File[]): Attachment[] => files.map((file) => ({ body: file, name: file.name }));
