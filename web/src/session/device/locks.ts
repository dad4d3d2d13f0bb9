/**
 * What only one page of a person does at a time.
 *
 * Browsers give locks in secure contexts only; elsewhere each page does it, which costs work and harms nothing.
 */

/** Runs `work` after whoever does it now. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  const all = locks();
  if (all) await all.request(name, work);
  else await work();
}

/** Resolves when it is this page's, until the answer is called or the page ends. */
export function held(name: string): Promise<() => void> {
  const all = locks();
  if (!all) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    all.request(name, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}

/** Runs `work` unless somebody does it. */
export async function unlessHeld(name: string, work: () => Promise<void>): Promise<void> {
  const all = locks();
  if (all) await all.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  else await work();
}

function locks(): LockManager | undefined {
  return (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
}
