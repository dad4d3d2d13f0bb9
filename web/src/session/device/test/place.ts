/** A browser in the hand: one storage for several tabs, time that stands still, and tabs that can die. */
import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import type { DeviceWorld } from "../world";

globalThis.IDBKeyRange ??= IDBKeyRange;

/** What the tabs of one browser share. */
export class VirtualBrowser {
  readonly factory: IDBFactory = new IDBFactory();
  readonly tabs = new Set<VirtualTab>();
  readonly #locks = new Map<string, { tab: VirtualTab; held: () => void }[]>();
  persisted = 0;
  now = 1_000_000;

  tab(factory: IDBFactory | null = this.factory): VirtualTab {
    const tab = new VirtualTab(this, factory);
    this.tabs.add(tab);
    return tab;
  }

  /** Until no tab opens, reads or writes. */
  async quiet(): Promise<void> {
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    await turn();
    while ([...this.tabs].some(({ open, opening }) => open.size + opening > 0)) await turn();
    await turn();
  }

  lock(tab: VirtualTab, name: string, held: () => void): () => void {
    const queue = this.#locks.get(name) ?? [];
    this.#locks.set(name, queue);
    const mine = { tab, held };
    queue.push(mine);
    if (queue[0] === mine) held();
    return () => this.#unlock(name, mine);
  }

  unlockAll(tab: VirtualTab): void {
    for (const [name, queue] of this.#locks) queue.filter((one) => one.tab === tab).forEach((mine) => this.#unlock(name, mine));
  }

  #unlock(name: string, mine: { held: () => void }): void {
    const queue = this.#locks.get(name) ?? [];
    const first = queue[0] === mine;
    this.#locks.set(name, queue.filter((one) => one !== mine));
    if (first) this.#locks.get(name)?.[0]?.held();
  }
}

export class VirtualTab implements DeviceWorld {
  state: "alive" | "frozen" | "dead" = "alive";
  /** How this tab reaches the storage; null: not at all. */
  readonly factory: IDBFactory | null;
  /** Transactions that have not ended. */
  readonly open = new Set<IDBTransaction>();
  /** Databases on their way. */
  opening = 0;
  /** Makes the next transactions fail like this; null: they do not. */
  refusal: DOMException | null = null;
  readonly #timers = new Map<object, { at: number; run: () => void }>();
  readonly #hide = new Set<() => void>();
  readonly #channels = new Map<string, Set<(message: unknown) => void>>();

  constructor(
    private readonly browser: VirtualBrowser,
    factory: IDBFactory | null,
  ) {
    this.factory = factory && this.#watching(factory);
  }

  lock = (name: string, held: () => void) => this.browser.lock(this, name, () => void (this.state !== "dead" && held()));
  persist = () => void (this.browser.persisted += 1);
  now = () => this.browser.now;

  channel(name: string, hear: (message: unknown) => void) {
    const all = this.#channels.get(name) ?? new Set();
    this.#channels.set(name, all.add(hear));
    const post = (message: unknown) => {
      for (const tab of this.browser.tabs) if (tab !== this && tab.state === "alive") tab.#channels.get(name)?.forEach((one) => one(message));
    };
    return { post, close: () => void all.delete(hear) };
  }

  later(ms: number, run: () => void): () => void {
    const key = {};
    this.#timers.set(key, { at: this.browser.now + ms, run });
    return () => this.#timers.delete(key);
  }

  onHide(listener: () => void): () => void {
    this.#hide.add(listener);
    return () => this.#hide.delete(listener);
  }

  hide = () => this.#hide.forEach((listener) => listener());

  /** It never runs again; its locks are free. What it was writing is undone, or had just been done. */
  die(writing: "undone" | "done"): void {
    this.state = "dead";
    if (writing === "undone") this.open.forEach((transaction) => transaction.abort());
    this.browser.unlockAll(this);
  }

  /** Moves the browser's time, of this tab only what is due now. */
  pass(ms: number): void {
    this.browser.now += ms;
    for (const [key, { at, run }] of [...this.#timers].sort(([, a], [, b]) => a.at - b.at)) {
      if (at > this.browser.now || this.state !== "alive") continue;
      this.#timers.delete(key);
      run();
    }
  }

  #watching(factory: IDBFactory): IDBFactory {
    const open = (name: string, version?: number) => {
      const request = factory.open(name, version);
      this.opening += 1;
      request.addEventListener("error", () => (this.opening -= 1));
      request.addEventListener("success", () => {
        this.opening -= 1;
        this.#watch(request.result);
      });
      return request;
    };
    return { open, deleteDatabase: (name: string) => factory.deleteDatabase(name) } as IDBFactory;
  }

  #watch(database: IDBDatabase): void {
    const begin = database.transaction.bind(database);
    database.transaction = (...how) => {
      if (this.state === "dead") throw new DOMException("the tab is dead", "InvalidStateError");
      const transaction = begin(...how);
      this.open.add(transaction);
      // It completes by itself; until then a crash can undo it.
      transaction.commit = () => {};
      for (const end of ["complete", "abort"]) transaction.addEventListener(end, () => this.open.delete(transaction));
      if (this.refusal && how[1] === "readwrite") refuse(transaction, this.refusal);
      return transaction;
    };
  }
}

/** As a browser does whose disk is full: it ends, and says why. */
function refuse(transaction: IDBTransaction, refusal: DOMException): void {
  Object.defineProperty(transaction, "error", { get: () => refusal });
  queueMicrotask(() => transaction.abort());
}
