import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LocalMasterOptions } from "@berth/local-master";
import { onTestFinished } from "vitest";
import { ownAddress } from "./own-address.ts";
import { tellOnFailure } from "./tell-on-failure.ts";

const main = fileURLToPath(new URL("master-main.ts", import.meta.url));

/** `advertiseIp`: agents know it by that. */
export type MasterOptions = Omit<LocalMasterOptions, "ip" | "port" | "now">;

/** A local master that can be killed and started again at the same address, each time without a memory. */
export class MasterProcess {
  readonly host = ownAddress();
  readonly #options: MasterOptions;
  #child: ChildProcess | undefined;
  #log = "";
  port = 0;

  static async start(given: MasterOptions = {}): Promise<MasterProcess> {
    const master = new MasterProcess(given);
    onTestFinished(() => master.kill());
    tellOnFailure("master", () => master.log());
    await master.start();
    return master;
  }

  constructor(given: MasterOptions) {
    this.#options = given;
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** What it has written, in all its lives. */
  log(): string {
    return this.#log;
  }

  /** Resolves when its port is open. */
  async start(): Promise<void> {
    const options = { ...this.#options, ip: this.host, port: this.port };
    const child = spawn(process.execPath, ["--conditions=@berth/source", main, JSON.stringify(options)], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (part: string) => (this.#log += part));
    const [line] = (await Promise.race([
      once(child.stdout.setEncoding("utf8"), "data"),
      once(child, "close").then(() => Promise.reject(new Error(`the master ended: ${this.#log}`))),
    ])) as [string];
    this.port = Number(line);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  }

  async get(path: string): Promise<unknown> {
    return await (await fetch(`http://${this.address}${path}`)).json();
  }
}
