import { createServer, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { decodeMessage, encodeMessage, encodeRecord } from "@berth/proto";
import type { TaskStatus } from "@berth/proto/v1";
import { Call, Event } from "@berth/proto/v1/scheduler";
import { onTestFinished } from "vitest";

/** A master that does only what a test tells it to. */
export class ScriptedMaster {
  readonly calls: Call[] = [];
  /** Sent in place of an own answer to SUBSCRIBE: bytes of a recording. */
  recordedAnswer: Uint8Array | undefined;
  /** How SUBSCRIBEs to come are refused, the first one first. */
  readonly refusals: { readonly status: number; readonly text: string }[] = [];
  /** How ACCEPTs are answered. */
  acceptStatus = 202;
  /** ACKNOWLEDGEs are answered when it has resolved. */
  acknowledging: Promise<void> = Promise.resolve();
  readonly #server = createServer((request, response) => {
    void buffer(request).then((body) => this.#answer(body, response));
  });
  readonly #waiting = new Set<() => void>();
  #stream: ServerResponse | undefined;

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      this.#server.closeAllConnections();
      this.#server.close();
    });
    return this;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  of(type: Call["type"]): readonly Call[] {
    return this.calls.filter((call) => call.type === type);
  }

  /** Resolves with the `count`th call of that type. */
  async called(type: Call["type"], count = 1): Promise<Call> {
    for (;;) {
      const call = this.of(type)[count - 1];
      if (call !== undefined) return call;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  send(event: Event): void {
    this.#stream?.write(encodeRecord(encodeMessage(Event, event)));
  }

  update(status: TaskStatus): void {
    this.send({ type: "UPDATE", update: { status } });
  }

  cut(): void {
    this.#stream?.destroy();
  }

  /** Calls that wait for their answer are lost too. */
  cutAll(): void {
    this.#server.closeAllConnections();
  }

  #answer(body: Uint8Array, response: ServerResponse): void {
    const read = decodeMessage(Call, body);
    if (!read.ok) throw new Error(JSON.stringify(read.faults));
    const call = read.value;
    const refusal = call.type === "SUBSCRIBE" ? this.refusals.shift() : undefined;
    if (refusal !== undefined) response.writeHead(refusal.status).end(refusal.text);
    else if (call.type === "SUBSCRIBE") this.#subscribe(response);
    else if (call.type === "ACKNOWLEDGE") void this.acknowledging.then(() => response.writeHead(202).end());
    else response.writeHead(call.type === "ACCEPT" ? this.acceptStatus : 202).end();
    this.calls.push(call);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #subscribe(response: ServerResponse): void {
    if (this.recordedAnswer !== undefined) {
      response.socket?.write(this.recordedAnswer);
      return;
    }
    this.#stream = response;
    response.writeHead(200, { "content-type": "application/x-protobuf", "mesos-stream-id": "stream" });
    this.send({
      type: "SUBSCRIBED",
      subscribed: { frameworkId: { value: "framework" }, heartbeatIntervalSeconds: 15 },
    });
  }
}
