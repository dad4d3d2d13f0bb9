/** Locks of a browser's tabs, for where there is no browser. A tab that ends is told by `release`. */
export class FakeLocks {
  readonly #held = new Map<string, Promise<unknown>>();

  request = async (name: string, second: unknown, third?: unknown): Promise<unknown> => {
    const work = (third ?? second) as (lock: object | null) => unknown;
    const before = this.#held.get(name);
    if (before && third !== undefined && (second as { ifAvailable?: boolean }).ifAvailable) return work(null);
    const now = (before ?? Promise.resolve()).then(() => work({}));
    const settled = now.catch(() => undefined);
    this.#held.set(name, settled);
    void settled.then(() => {
      if (this.#held.get(name) === settled) this.#held.delete(name);
    });
    return now;
  };
}
