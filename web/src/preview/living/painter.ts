/**
 * Draws diagrams in one hidden frame with an origin of its own, one after the other, and remembers them.
 *
 * Why one: five frames with a mermaid each cost five times the memory and the start. Invariant: what comes back is only
 * ever shown as a picture by address (`data:`), in which nothing runs and nothing is asked for; it never enters the
 * page's DOM. A drawing that hangs takes its frame with it, not the page. Next: `diagrams.ts`.
 */
import { type Answer, answerOf, hello, type Scheme } from "../../frame/messages";

export interface Picture {
  kind: "picture";
  src: string;
  width: number;
  height: number;
}

export interface Mistake {
  kind: "mistake";
  line: number | null;
  says: string;
}

export type Painted = Picture | Mistake;

/** From the question to the picture. */
const drawMs = 10_000;
/** From the frame's making until it can be asked; its script may come over a slow line. */
const readyMs = 30_000;
const keptMax = 80;

interface Job {
  key: string;
  text: string;
  scheme: Scheme;
  done(painted: Painted): void;
}

/** Makes a frame and connects to it; `heard` gets whatever it says. */
export type Connect = (heard: (data: unknown) => void) => { ask(message: unknown): void; close(): void };

export class Painter {
  readonly #kept = new Map<string, Painted>();
  readonly #going = new Map<string, Promise<Painted>>();
  #waiting: Job[] = [];
  #job: Job | null = null;
  #id = 0;
  #line: ReturnType<Connect> | null = null;
  #ready = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly connect: Connect = connectFrame) {}

  /** What is known already. */
  known(text: string, scheme: Scheme): Painted | null {
    return this.#kept.get(keyOf(text, scheme)) ?? null;
  }

  paint(text: string, scheme: Scheme): Promise<Painted> {
    const key = keyOf(text, scheme);
    const kept = this.#kept.get(key);
    if (kept) return Promise.resolve(kept);
    const going = this.#going.get(key) ?? new Promise<Painted>((done) => this.#waiting.push({ key, text, scheme, done }));
    this.#going.set(key, going);
    this.#next();
    return going;
  }

  destroy(): void {
    this.#hangUp();
    this.#waiting = [];
  }

  #next(): void {
    if (this.#job || this.#waiting.length === 0) return;
    if (!this.#line) {
      this.#line = this.connect((data) => this.#hear(answerOf(data)));
      this.#limit(readyMs, "Diagrams cannot be drawn right now.");
    }
    if (!this.#ready) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#job = job;
    this.#id++;
    this.#line.ask({ id: this.#id, text: job.text, scheme: job.scheme });
    this.#limit(drawMs, "It takes too long to draw.");
  }

  #hear(answer: Answer | null): void {
    if (!answer) return;
    if (answer.kind === "ready") this.#ready = true;
    else if (this.#job && answer.id === this.#id) this.#finish(this.#job, paintedOf(answer));
    else return;
    clearTimeout(this.#timer);
    this.#next();
  }

  #finish(job: Job, painted: Painted): void {
    this.#job = null;
    this.#going.delete(job.key);
    this.#kept.set(job.key, painted);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    job.done(painted);
  }

  /** The frame is given up: the question it hangs on is answered, or all, if it never came. */
  #limit(ms: number, says: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const jobs = this.#job ? [this.#job] : this.#waiting.splice(0);
      this.#hangUp();
      for (const job of jobs) {
        this.#finish(job, { kind: "mistake", line: null, says });
        // Of a frame that never came nothing is remembered.
        if (ms === readyMs) this.#kept.delete(job.key);
      }
      this.#next();
    }, ms);
  }

  #hangUp(): void {
    clearTimeout(this.#timer);
    this.#line?.close();
    this.#line = null;
    this.#ready = false;
  }
}

function keyOf(text: string, scheme: Scheme): string {
  return `${scheme}\n${text}`;
}

function paintedOf(answer: Exclude<Answer, { kind: "ready" }>): Painted {
  if (answer.kind === "mistake") return { kind: "mistake", line: answer.line, says: answer.says };
  const { svg, width, height } = answer;
  return { kind: "picture", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, width, height };
}

function connectFrame(heard: (data: unknown) => void): ReturnType<Connect> {
  const frame = document.createElement("iframe");
  const { port1, port2 } = new MessageChannel();
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = "/frame/diagram";
  frame.className = "painter";
  frame.tabIndex = -1;
  frame.title = "Draws the diagrams";
  frame.setAttribute("aria-hidden", "true");
  port1.onmessage = ({ data }) => heard(data);
  // Its origin has no name; what is sent is a port, and only this frame gets it.
  frame.onload = () => frame.contentWindow?.postMessage(hello, "*", [port2]);
  document.body.append(frame);
  return {
    ask: (message) => port1.postMessage(message),
    close() {
      port1.close();
      frame.remove();
    },
  };
}
