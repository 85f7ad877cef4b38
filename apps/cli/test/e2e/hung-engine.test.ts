import { startFakeEngine } from "@berth/testkit";
import { describe, expect, it } from "vitest";
import { berthWorld } from "./berth.ts";

// A real engine does not hang on demand.
describe("berth run with an engine that has stopped to answer", () => {
  it("leaves at a further Ctrl-C once the engine has had its time, and says what may be left", async () => {
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
    const pressed = performance.now();
    // A held key: every one before the time is up changes nothing.
    const held = setInterval(() => running.child.kill("SIGINT"), 200);
    const ran = await running.ended;
    clearInterval(held);
    expect(performance.now() - pressed).toBeGreaterThan(4_000);
    expect(running.child.signalCode).toBe("SIGINT");
    const containerId = ran.sandbox?.split("/").at(-1);
    expect(ran.stderr).toMatch(new RegExp(`see to it: docker rm -f mesos-[0-9a-f-]+-S0\\.${containerId}`));
  });
});
