/**
 * Bytes on their way to the server, with progress: what `fetch` cannot tell.
 *
 * Next: `uploads.ts` for a document's pictures and files, `api.ts` for everything that is small.
 */
import { ApiError, refusalOf, unreachable } from "./call";

export interface Sending<T> {
  /** The server's answer, or an {@link ApiError}; never settles after `abort`. */
  readonly done: Promise<T>;
  abort(): void;
}

/** `progress` hears how many bytes have left. */
export type Send = <T>(path: string, body: Blob, progress: (sent: number) => void) => Sending<T>;

export const send: Send = <T>(path: string, body: Blob, progress: (sent: number) => void): Sending<T> => {
  const request = new XMLHttpRequest();
  const done = new Promise<T>((resolve, reject) => {
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(refusalOf(request.status, said(request.responseText)));
    };
    request.onerror = () => reject(unreachable());
  });
  request.upload.onprogress = ({ loaded }) => progress(loaded);
  request.open("POST", path);
  request.setRequestHeader("X-Galley", "1");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.send(body);
  return { done, abort: () => request.abort() };
};

function said(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether asking once more may bring another answer: nothing came back, or the server or its disk could not just now. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError && ([0, 429, 502, 503, 504].includes(error.status) || error.code === "disk_full");
}
