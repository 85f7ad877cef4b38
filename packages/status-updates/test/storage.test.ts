import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeMessage } from "@berth/proto";
import { StatusUpdate } from "@berth/proto/internal/messages";
import type { Log } from "@berth/log";
import { silentLog } from "@berth/log";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createStatusUpdates, decodeUpdateRecords } from "../src/index.ts";
import { encodeUpdateRecord } from "../src/update-records.ts";
import { FakeTimers } from "./fake-timers.ts";
import { key, makeUpdate, numberOf, uuid } from "./updates.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "berth-updates-"));
  file = path.join(directory, "task.updates");
});
afterEach(() => rmSync(directory, { recursive: true }));

function start(onForward: (update: StatusUpdate) => void = () => {}) {
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const log: Log = { ...silentLog, warn: note, error: note };
  const sent: (number | undefined)[] = [];
  const updates = createStatusUpdates({
    forward(update) {
      onForward(update);
      sent.push(numberOf(update));
    },
    log,
    timers: new FakeTimers(),
  });
  return { updates, sent, logged };
}

const running = makeUpdate(1, "TASK_RUNNING");
const killing = makeUpdate(2, "TASK_KILLING");
const killed = makeUpdate(3, "TASK_KILLED");
const stored = {
  get checkpointDirectory() {
    return directory;
  },
};

describe("task.updates", () => {
  it("has the original's bytes: length in the host's order, then a StatusUpdateRecord", async () => {
    // The worked example of a StatusUpdateMessage's `update`, 89 bytes.
    const bytes = Buffer.from(
      "0a030a01461a060a046d2d5330222d0a040a02743110012a060a046d2d53303100002040fc54d94148025a1030313233343536373839616263646566" +
        "2900002040fc54d941321030313233343536373839616263646566" +
        "3801",
      "hex",
    );
    const decoded = decodeMessage(StatusUpdate, bytes);
    if (!decoded.ok) throw new Error(JSON.stringify(decoded.faults));
    const { updates } = start();
    updates.resume();
    const given = Buffer.from("0123456789abcdef");
    expect(await updates.update(decoded.value, stored)).toBe("queued");
    expect(await updates.acknowledge({ frameworkId: "F", taskId: "t1" }, given)).toBe("advanced");
    expect(readFileSync(file)).toEqual(
      Buffer.concat([
        Buffer.from([93, 0, 0, 0, 0x08, 0, 0x12, 89]),
        bytes,
        Buffer.from([20, 0, 0, 0, 0x08, 1, 0x1a, 16]),
        given,
      ]),
    );
  });

  it("is written before anybody is told", async () => {
    const known: (readonly string[])[] = [];
    const { updates, sent } = start(() => {
      known.push(decodeUpdateRecords(readFileSync(file)).records.map(({ type }) => type ?? ""));
    });
    updates.resume();
    await updates.update(running, stored);
    await updates.update(killed, stored);
    await updates.acknowledge(key, uuid(1));
    expect(sent).toEqual([1, 3]);
    expect(known).toEqual([["UPDATE"], ["UPDATE", "UPDATE", "ACK"]]);
  });

  it("makes its folder", async () => {
    const { updates } = start();
    const checkpointDirectory = path.join(directory, "runs/r/tasks/t");
    expect(await updates.update(running, { checkpointDirectory })).toBe("queued");
    expect(decodeUpdateRecords(readFileSync(path.join(checkpointDirectory, "task.updates"))).records).toHaveLength(1);
  });
});

describe("a next life", () => {
  it("goes on where the one before stopped", async () => {
    const first = start();
    first.updates.resume();
    await first.updates.update(running, stored);
    await first.updates.update(killing, stored);
    await first.updates.acknowledge(key, uuid(1));
    await first.updates.close();

    const second = start();
    expect((await second.updates.recover(key, stored))?.map(numberOf)).toEqual([2]);
    expect(second.sent).toEqual([]);
    expect(second.updates.lastForwarded(key)).toBeUndefined();
    second.updates.resume();
    expect(await second.updates.update(running, {})).toBe("duplicate");
    expect(await second.updates.update(killing, {})).toBe("duplicate");
    expect(await second.updates.acknowledge(key, uuid(2))).toBe("advanced");
    await second.updates.close();

    const third = start();
    expect(await third.updates.recover(key, stored)).toEqual([]);
    third.updates.resume();
    expect(await third.updates.update(killed, {})).toBe("queued");
    expect(await third.updates.acknowledge(key, uuid(3))).toBe("closed");
    expect(third.sent).toEqual([3]);

    const fourth = start();
    fourth.updates.resume();
    expect(await fourth.updates.recover(key, stored)).toBeUndefined();
    expect(await fourth.updates.update(killed, stored)).toBe("duplicate");
    expect(fourth.sent).toEqual([]);
    expect(fourth.logged).toEqual([]);
  });

  it("begins anew behind an end, without what stood behind the terminal update then", async () => {
    const records = [
      { type: "UPDATE", update: killed },
      { type: "UPDATE", update: killing },
      { type: "ACK", uuid: uuid(3) },
    ] as const;
    writeFileSync(file, Buffer.concat(records.map(encodeUpdateRecord)));
    const { updates, sent } = start();
    updates.resume();
    expect(await updates.update(makeUpdate(4, "TASK_LOST"), stored)).toBe("queued");
    await updates.close();
    const next = start();
    expect((await next.updates.recover(key, stored))?.map(numberOf)).toEqual([4]);
    expect(sent).toEqual([4]);
  });

  it("finds nothing where nothing was stored", async () => {
    const { updates } = start();
    expect(await updates.recover(key, stored)).toBeUndefined();
    writeFileSync(file, "");
    expect(await updates.recover(key, stored)).toBeUndefined();
    expect(await updates.update(running, stored)).toBe("queued");
  });

  it("keeps the order when a first update comes to a file that nobody recovered", async () => {
    writeFileSync(file, encodeUpdateRecord({ type: "UPDATE", update: running }));
    const { updates, sent } = start();
    updates.resume();
    expect(await updates.update(killed, stored)).toBe("queued");
    expect(sent).toEqual([1]);
    expect(updates.pending(key).map(numberOf)).toEqual([1, 3]);
  });
});

describe("a file that was cut", () => {
  const records = [
    { type: "UPDATE", update: running },
    { type: "UPDATE", update: killing },
    { type: "ACK", uuid: uuid(1) },
    { type: "UPDATE", update: killed },
    { type: "ACK", uuid: uuid(2) },
  ] as const;
  const pieces = records.map((record) => Buffer.from(encodeUpdateRecord(record)));
  const whole = Buffer.concat(pieces);
  const pendingAfter = [undefined, [1], [1, 2], [2], [2, 3], [3]];

  it("at any byte is recovered up to the last whole record, and can be appended to", async () => {
    for (let cut = 0; cut <= whole.byteLength; cut++) {
      let kept = 0;
      let keptBytes = 0;
      while (kept < pieces.length && keptBytes + pieces[kept]!.byteLength <= cut) {
        keptBytes += pieces[kept]!.byteLength;
        kept += 1;
      }
      writeFileSync(file, whole.subarray(0, cut));
      const { updates, logged } = start();
      const pending = await updates.recover(key, stored);
      expect(pending?.map(numberOf)).toEqual(pendingAfter[kept]);
      expect(readFileSync(file)).toEqual(whole.subarray(0, keptBytes));
      expect(logged).toHaveLength(keptBytes === cut ? 0 : 1);
      await updates.close();
    }
    const { updates } = start();
    writeFileSync(file, whole.subarray(0, whole.byteLength - 1));
    await updates.recover(key, stored);
    const lost = makeUpdate(4, "TASK_LOST");
    expect(await updates.update(lost, {})).toBe("queued");
    expect(readFileSync(file)).toEqual(
      Buffer.concat([...pieces.slice(0, 4), encodeUpdateRecord({ type: "UPDATE", update: lost })]),
    );
  });

  it.each([
    ["zeroes, as some file systems leave them", Buffer.alloc(64)],
    ["a length beyond the end", Buffer.from([255, 255, 255, 255, 1, 2, 3])],
    ["bytes that are no record", Buffer.from([4, 0, 0, 0, 255, 255, 255, 255])],
    ["an acknowledgement of nothing", Buffer.from([2, 0, 0, 0, 8, 1])],
  ])("behind %s ends there", async (_, garbage) => {
    writeFileSync(file, Buffer.concat([...pieces.slice(0, 2), garbage, pieces[3]!]));
    const { updates } = start();
    expect((await updates.recover(key, stored))?.map(numberOf)).toEqual([1, 2]);
    expect(readFileSync(file)).toEqual(Buffer.concat(pieces.slice(0, 2)));
  });
});

describe("when it cannot be stored", () => {
  it("refuses the update, says so once, and goes on with others", async () => {
    mkdirSync(file); // a folder where the file should be
    const { updates, sent, logged } = start();
    updates.resume();
    expect(await updates.update(running, stored)).toBe("unstored");
    expect(await updates.update(running, stored)).toBe("unstored");
    expect(updates.pending(key)).toEqual([]);
    expect(logged).toHaveLength(1);
    const other = { frameworkId: "f", taskId: "u" };
    expect(await updates.update(makeUpdate(9, "TASK_RUNNING", other), {})).toBe("queued");
    expect(sent).toEqual([9]);
    await expect(start().updates.recover(key, stored)).rejects.toMatchObject({
      name: "StatusUpdatesError",
      code: "unreadable-file",
      cause: { code: "EISDIR" },
    });
  });

  it.skipIf(process.getuid?.() !== 0)("delivers what it has on a full disk, and takes nothing more", async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8k", "berth-updates", directory]);
    try {
      // One page for the file that fills the disk, one for ours.
      writeFileSync(path.join(directory, "ballast"), Buffer.alloc(4096));
      const { updates, sent, logged } = start();
      updates.resume();
      const big = { ...killing, status: { ...killing.status, data: new Uint8Array(8192) } };
      expect(await updates.update(running, stored)).toBe("queued");
      expect(await updates.update(big, stored)).toBe("unstored");
      expect(await updates.update(killed, stored)).toBe("unstored");
      expect(updates.pending(key).map(numberOf)).toEqual([1]);
      expect(await updates.acknowledge(key, uuid(1))).toBe("advanced");
      expect(sent).toEqual([1]);
      expect(logged).toHaveLength(1);

      // The acknowledgement is not on disk: the next life says it again, and has room once the disk has.
      rmSync(path.join(directory, "ballast"));
      const second = start();
      expect((await second.updates.recover(key, stored))?.map(numberOf)).toEqual([1]);
      second.updates.resume();
      expect(await second.updates.update(killed, stored)).toBe("queued");
      expect(await second.updates.acknowledge(key, uuid(1))).toBe("advanced");
      expect(second.sent).toEqual([1, 3]);
    } finally {
      execFileSync("umount", [directory]);
    }
  });
});

it("keeps what is stored from everybody else", async () => {
  const { updates } = start();
  const checkpointDirectory = path.join(directory, "tasks", "t");
  await updates.update(running, { checkpointDirectory });
  const open = [checkpointDirectory, path.join(checkpointDirectory, "task.updates")].map(
    (each) => statSync(each).mode & 0o077,
  );
  expect(open).toEqual([0, 0]);
  await updates.close();
});
