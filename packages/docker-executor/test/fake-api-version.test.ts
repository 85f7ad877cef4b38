import { expect, it } from "vitest";
import { createFakeBench } from "./fake-bench.ts";
import { dockerContainer } from "./plan-fixtures.ts";
import { taskInfo } from "./task-fixtures.ts";

const macAddress = "02:42:ac:11:00:09";

it.each([
  ["1.41", { MacAddress: macAddress }],
  ["1.44", { NetworkingConfig: { EndpointsConfig: { bridge: { MacAddress: macAddress } } } }],
])("puts options where API %s looks for them", async (apiVersion, expected) => {
  await using bench = await createFakeBench({ apiVersion });
  const parameters = [{ key: "mac-address", value: macAddress }];
  const task = await bench.start(taskInfo({ container: dockerContainer({}, { network: "BRIDGE", parameters }) }));
  expect((await task.run.terminated).status.state).toBe("TASK_FINISHED");
  const create = await bench.engine.seen("POST /containers/create");
  expect(create.body).toMatchObject(expected);
});

it("refuses an option that the engine is too old for, before create", async () => {
  await using bench = await createFakeBench({ apiVersion: "1.41" });
  const parameters = [
    { key: "network", value: "one" },
    { key: "network", value: "two" },
  ];
  const task = await bench.start(taskInfo({ container: dockerContainer({}, { parameters }) }));
  const { status } = await task.run.terminated;
  expect(status.message).toMatch(/container\.docker\.parameters\[1\].*1\.44/);
  expect(bench.count(/create$/)).toBe(0);
});
