/** One question to the server. With `socket.ts`, `events.ts` and `send.ts` the only place that talks to the network. */

export class ApiError extends Error {
  constructor(
    /** What programs look at, such as `name_taken`; `unreachable` when there was no answer. */
    readonly code: string,
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export const at = (id: string, rest = "") => `/api/documents/${encodeURIComponent(id)}${rest}`;

export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await request(method, path, body);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

export async function request(method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { "X-Galley": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  } catch {
    throw unreachable();
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer: Response): Promise<ApiError> {
  return refusalOf(answer.status, await answer.json().catch(() => null));
}

/** What a refusal's body says, as an error. */
export function refusalOf(status: number, said: unknown): ApiError {
  const error = (said as { error?: { code?: string; message?: string } } | null)?.error;
  const sentence = error?.message ?? "The server did not answer as expected. Try again in a moment.";
  return new ApiError(error?.code ?? "unknown", sentence, status);
}

export function unreachable(): ApiError {
  return new ApiError("unreachable", "The server cannot be reached. Check the connection and try again.", 0);
}
