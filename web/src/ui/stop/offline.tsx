/** There is no network, and what was asked for is not on this device: what is, can be opened. */
import type { Document } from "../../session/api";
import { Stop } from "./stop";

export interface OfflineProps {
  /** What this device has, last opened first. */
  documents: readonly Document[];
  /** What the browser says of its network; a network need not lead to the server. */
  reachable: "no" | "perhaps";
  onRetry(): void;
}

export function OfflinePage({ documents, reachable, onRetry }: OfflineProps) {
  const title = reachable === "no" ? "You are offline" : "The server cannot be reached";
  const some = documents.length > 0;
  const sentence = some
    ? "This page is not on this device. These documents are: open and edit them, and what you write is sent when there is a connection again."
    : "This page needs a connection. Documents you have opened on this device open without one.";
  return (
    <Stop title={title} sentence={sentence}>
      {some && (
        <ul class="offline-list">
          {documents.map((it) => (
            <li key={it.id}>
              <a href={it.url} dir="auto">
                {it.title || "Untitled"}
              </a>
            </li>
          ))}
        </ul>
      )}
      <p class="stop-acts">
        <button type="button" class="btn line" onClick={onRetry}>
          Try again
        </button>
      </p>
    </Stop>
  );
}
