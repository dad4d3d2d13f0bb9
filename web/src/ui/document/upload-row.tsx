/** One picture or file on its way: what it is, how far it is, and how to stop it. Drawn in the source and in the tray. */
import { useEffect, useState } from "preact/hooks";
import type { Upload, UploadState } from "../../session/uploads";
import { FileText, Restore } from "../action-icons";
import { Close, Warning } from "../icons";

export function UploadRow({ upload }: { upload: Upload }) {
  const state = upload.state.value;
  const failed = state.kind === "failed";
  const remove = failed || upload.kept.value;
  return (
    <div class={failed ? "upload bad" : "upload"} role="group" aria-label={`Uploading ${upload.name}`}>
      <Thumb upload={upload} />
      <div class="upload-text">
        <b>{upload.name}</b>
        <Progress state={state} name={upload.name} kept={upload.kept.value} />
        {failed && state.again && (
          <button type="button" class="btn small line" onClick={() => upload.retry()}>
            <Restore size="small" />
            Retry
          </button>
        )}
      </div>
      <button
        type="button"
        class="icon small"
        aria-label={remove ? `Remove ${upload.name}` : `Cancel ${upload.name}`}
        title={remove ? "Remove" : "Cancel"}
        onClick={() => upload.cancel()}
      >
        <Close size="small" />
      </button>
    </div>
  );
}

function Progress({ state, name, kept }: { state: UploadState; name: string; kept: boolean }) {
  switch (state.kind) {
    case "failed":
      return (
        <span class="upload-why">
          <Warning size="small" />
          {state.sentence}
        </span>
      );
    case "pausing":
      return (
        <span class="meta">
          {state.for === "server"
            ? "The server has much to do. It goes on in a moment."
            : kept
              ? "Waiting: will be sent when you are online"
              : "No connection. It goes on when there is one."}
        </span>
      );
    case "sending":
      if (state.part === 1) return <span class="meta">Sent. The server is reading it…</span>;
      return <progress max={1} value={state.part} aria-label={`${name}: sent`} />;
    case "waiting":
      return <span class="meta">Waiting for its turn</span>;
    default:
      return <span class="meta">Done</span>;
  }
}

/** The picture itself, small; a sheet for other files and for pictures the browser cannot show. */
function Thumb({ upload }: { upload: Upload }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!/^image\/(?:png|jpeg|gif|webp|avif)$/.test(upload.body.type)) return;
    const made = URL.createObjectURL(upload.body);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [upload]);
  return (
    <span class="upload-thumb" aria-hidden="true">
      {address ? <img src={address} alt="" onError={() => setAddress(null)} /> : <FileText />}
    </span>
  );
}
