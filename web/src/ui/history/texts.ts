/**
 * The texts of versions: they never change, so each is asked for once and kept while there is room.
 *
 * Invariant: never more than a few questions at once; what somebody waits for goes before what may be looked at next, and
 * of the latter only the newest wishes count.
 */
export interface Texts {
  /** Known already, or null. */
  peek(id: string): string | null;
  get(id: string): Promise<string>;
  /** What may be looked at next, most likely first; earlier wishes are dropped. */
  expect(ids: readonly string[]): void;
}

const AT_ONCE = 4;
/** Of those, what nobody waits for yet. */
const AHEAD_AT_ONCE = 2;
const KEPT_CHARACTERS = 20_000_000;

export function createTexts(load: (id: string) => Promise<string>): Texts {
  const known = new Map<string, string>();
  const asked = new Map<string, Promise<string>>();
  const waiting: (() => void)[] = [];
  let ahead: string[] = [];
  let kept = 0;

  function keep(id: string, text: string): void {
    known.set(id, text);
    kept += text.length;
    for (const [oldest, old] of known) {
      if (kept <= KEPT_CHARACTERS || known.size <= 2) break;
      known.delete(oldest);
      kept -= old.length;
    }
  }

  function ask(id: string): Promise<string> {
    const answer = load(id)
      .then((text) => (keep(id, text), text))
      .finally(() => {
        asked.delete(id);
        next();
      });
    asked.set(id, answer);
    return answer;
  }

  function next(): void {
    while (waiting.length > 0 && asked.size < AT_ONCE) waiting.shift()?.();
    while (waiting.length === 0 && ahead.length > 0 && asked.size < AHEAD_AT_ONCE) {
      const id = ahead.shift();
      if (id !== undefined && !known.has(id) && !asked.has(id)) ask(id).catch(() => undefined);
    }
  }

  return {
    peek: (id) => known.get(id) ?? null,
    get(id) {
      const text = known.get(id);
      if (text !== undefined) {
        // Looked at last, dropped last.
        known.delete(id);
        known.set(id, text);
        return Promise.resolve(text);
      }
      const running = asked.get(id);
      if (running) return running;
      if (asked.size < AT_ONCE) return ask(id);
      return new Promise((done, failed) => waiting.push(() => void (asked.get(id) ?? ask(id)).then(done, failed)));
    },
    expect(ids) {
      ahead = ids.filter((id) => !known.has(id) && !asked.has(id));
      next();
    },
  };
}
