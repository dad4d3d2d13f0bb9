/**
 * One server: a process, a port and a data folder of its own.
 *
 * Invariant: it listens on loopback only and ends with its test, whatever the test did; what it said is kept for the
 * report of a failure.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const binary = process.env["GALLEY_BINARY"] ?? resolve(import.meta.dirname, "../../target/debug/galley");

export interface ServerOptions {
  /** A folder that exists already; without it the server gets one, which is removed with it. */
  data?: string;
  /** Who may create an account; anybody unless said otherwise. */
  signup?: "open" | "invite";
  /** More flags of `galley serve`. */
  flags?: string[];
  /** 0 picks a free one. */
  port?: number;
}

export class Server {
  private constructor(
    private readonly process: ChildProcess,
    /** What it printed, both streams. */
    readonly said: readonly string[],
    /** Where people reach it; no slash at the end. */
    readonly url: string,
    readonly data: string,
    private readonly ownsData: boolean,
  ) {}

  /** Resolves when it listens. */
  static async start({ data, signup = "open", flags = [], port = 0 }: ServerOptions = {}): Promise<Server> {
    const folder = data ?? mkdtempSync(join(tmpdir(), "galley-browser-"));
    const words = ["serve", "--listen", `127.0.0.1:${port}`, "--data", folder, "--signup", signup, ...flags];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GALLEY_")));
    const child = spawn(binary, words, { stdio: ["ignore", "pipe", "pipe"], env });
    const said: string[] = [];
    const url = await listening(child, said);
    return new Server(child, said, url, folder, data === undefined);
  }

  /** Ends as an administrator or a power cut would. The folder stays. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, "exit");
    this.process.kill(signal);
    await gone;
  }

  /** Ends it and removes what it made. */
  async dispose(): Promise<void> {
    await this.end("SIGKILL");
    if (this.ownsData) rmSync(this.data, { recursive: true, force: true });
  }
}

/** Keeps every line in `said`; resolves with the address from the first one on standard output. */
function listening(child: ChildProcess, said: string[]): Promise<string> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error("no output to read");
  const keep = (line: string) => said.push(line);
  createInterface({ input: stderr }).on("line", keep);
  return new Promise((resolve, reject) => {
    createInterface({ input: stdout })
      .on("line", keep)
      .once("line", (line) => {
        const url = /^listening on (\S+)$/.exec(line)?.[1];
        if (url) resolve(url);
        else reject(new Error(`the first line names no address: ${line}`));
      });
    child.once("error", (error) => reject(new Error(`${binary}: ${error.message}`)));
    child.once("exit", (code) => reject(new Error(`the server ended (${String(code)}) before it listened:\n${said.join("\n")}`)));
  });
}

/** A port that was free a moment ago, for addresses that must be known before the server starts. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  if (!address || typeof address === "string") throw new Error("no port");
  return address.port;
}
