import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createRepeatLog } from "../src/repeat-log.ts";
import { keepLog } from "./harness.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a kind is said at once, then once a minute with what was not said, until it stops", () => {
  const { log, lines } = keepLog();
  const repeat = createRepeatLog(log);
  for (let time = 0; time < 5; time += 1) repeat.warn("refused", "404", { url: `/${time}` });
  repeat.warn("refused", "500");
  expect(lines).toEqual([{ message: "refused", url: "/0" }, { message: "refused" }]);
  vi.advanceTimersByTime(60_000);
  expect(lines.slice(2)).toEqual([{ message: "refused", url: "/0", repeated: 4 }]);
  vi.advanceTimersByTime(600_000);
  expect(lines).toHaveLength(3);
  repeat.warn("refused", "404", { url: "/new" });
  expect(lines.at(-1)).toEqual({ message: "refused", url: "/new" });
  repeat.warn("refused", "404");
  repeat.close();
  vi.advanceTimersByTime(600_000);
  expect(lines).toHaveLength(4);
});

test("whoever invents subjects gets them said as one kind", () => {
  const { log, lines } = keepLog();
  const repeat = createRepeatLog(log);
  for (let subject = 0; subject < 10_000; subject += 1) repeat.warn("cannot connect", String(subject));
  expect(lines.length).toBeLessThan(100);
  expect(vi.getTimerCount()).toBeLessThan(100);
  repeat.close();
});
