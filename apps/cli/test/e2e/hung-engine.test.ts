import { startFakeEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { berthWorld } from "./berth.ts";

// A real engine does not hang on demand.
describe("berth run with an engine that has stopped to answer", () => {
  it("leaves at a third Ctrl-C and says what may be left", async () => {
    await using engine = await startFakeEngine({ images: { "app:1": {} }, behaviour: { ignoresSigterm: true } });
    if (engine.endpoint.kind !== "unix") throw new Error("the fake engine listens on a socket by default");
    const world = await berthWorld("/nonexistent/docker.sock");
    const running = world.start(["run", "--docker-socket", engine.endpoint.socketPath, "--image", "app:1"]);
    await running.shows("TASK_RUNNING");
    for (const call of ["stop", "kill"] as const) {
      engine.fault({ on: `POST /containers/*/${call}`, nth: "every", action: { kind: "hang-before-headers" } });
    }
    running.child.kill("SIGINT");
    await running.shows("TASK_KILLING");
    running.child.kill("SIGINT");
    await engine.seen("POST /containers/*/kill");
    running.child.kill("SIGINT");
    const ran = await running.ended;
    expect(running.child.signalCode).toBe("SIGINT");
    expect(ran.stderr).toContain(`left without proof of the end of container ${ran.sandbox?.split("/").at(-1)}`);
  });
});
