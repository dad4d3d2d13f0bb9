/** Pictures and files of the document: what there is, putting it into the text, taking it away. Loaded when asked for. */
import { useEffect, useState } from "preact/hooks";
import type { StoredFile } from "../../session/api";
import { copy } from "../copy";
import { Dialog } from "../dialog";
import { Copy, FileText, Trash } from "../action-icons";
import { Plus } from "../icons";
import { Image } from "../more-icons";
import { Sure } from "../share/sure";
import { toast } from "../toasts";
import type { Desk } from "./desk";
import { about, removalOf, room } from "./files-list";

export function FilesDialog({ desk }: { desk: Desk }) {
  const { files: list } = desk;
  const open = desk.uploads.open.value.length;
  // Also when one of those on their way has arrived.
  useEffect(() => void list.load(), [open]);
  const known = list.files.value;
  const writes = desk.writable.value;

  return (
    <Dialog class="files" label="Pictures and files" onClose={desk.close}>
      {list.problem.value && (
        <p class="problem" role="alert">
          {list.problem.value}
        </p>
      )}
      {known && known.files.length === 0 && <Empty desk={desk} />}
      {known && known.files.length > 0 && (
        <>
          {writes && (
            <div class="files-head">
              <button type="button" class="btn line" onClick={desk.chooseFiles}>
                <Plus />
                Picture or file…
              </button>
            </div>
          )}
          <ul class="files-list">
            {known.files.map((file) => (
              <Row key={file.name} file={file} desk={desk} />
            ))}
          </ul>
          <div class="files-room">
            <progress max={known.quota_bytes} value={known.owner_bytes} aria-label="Space used" />
            <p class="meta">{room(known, desk.owner.value ? null : desk.document.owner.display)}</p>
          </div>
        </>
      )}
      {!known && !list.problem.value && (
        <p class="files-none" role="status">
          Looking for pictures and files…
        </p>
      )}
    </Dialog>
  );
}

function Row({ file, desk }: { file: StoredFile; desk: Desk }) {
  const [asking, setAsking] = useState(false);
  const writes = desk.writable.value;
  const address = new URL(file.url, location.href).href;
  const copied = async () => toast((await copy(address)) ? "The address is on the clipboard." : "The browser did not allow copying.");
  return (
    <li class="file">
      <a class="file-thumb" href={file.url} target="_blank" rel="noopener" aria-label={`Open ${file.original}`}>
        {file.picture ? <img src={`${file.url}?small`} alt="" loading="lazy" decoding="async" /> : <FileText size="large" />}
      </a>
      <div class="file-text">
        <b title={file.original}>{file.original}</b>
        <small>{about(file)}</small>
        {!file.used && <small class="file-unused">Not in the text</small>}
      </div>
      {asking ? (
        <Sure
          sentence={removalOf(file)}
          answers={[{ label: "Delete", run: () => void desk.files.remove(file) }]}
          keep="Keep"
          onKeep={() => setAsking(false)}
        />
      ) : (
        <div class="file-acts">
          {writes && (
            <button type="button" class="btn line small" onClick={() => desk.insertFile(file)}>
              Insert
            </button>
          )}
          <button type="button" class="icon" aria-label={`Copy the address of ${file.original}`} title="Copy address" onClick={() => void copied()}>
            <Copy />
          </button>
          {writes && (
            <button type="button" class="icon revoke" aria-label={`Delete ${file.original}`} title="Delete" onClick={() => setAsking(true)}>
              <Trash />
            </button>
          )}
        </div>
      )}
    </li>
  );
}

function Empty({ desk }: { desk: Desk }) {
  return (
    <div class="files-empty">
      <Image size="large" />
      <h3>No pictures or files yet</h3>
      {desk.writable.value ? (
        <>
          <p>Paste a picture into the text, drop files on the page, or choose them here. They are as private as the document.</p>
          <button type="button" class="btn primary" data-autofocus onClick={desk.chooseFiles}>
            Picture or file…
          </button>
        </>
      ) : (
        <p>Whoever writes here can paste pictures into the text or drop files on it.</p>
      )}
    </div>
  );
}
