import { parseRunOptions, renderDockerRun } from "@berth/docker-run-options";

const result = parseRunOptions(
  [
    { key: "memory", value: "64m" },
    { key: "mount", value: "type=bind,source=/srv/www,target=/www,readonly" },
    { key: "network-alias", value: "web" },
  ],
  { apiVersion: "1.41", network: "backend" },
);

if (result.ok) {
  const { body, platform } = result.options;
  const request = { Image: "nginx:1", ...body, HostConfig: { NetworkMode: "backend", ...body.HostConfig } };
  // Goes to POST /containers/create; here it is shown as the command line it stands for.
  console.log(renderDockerRun({ body: request, platform }).multiline);
} else {
  for (const { index, message } of result.faults) console.error(`parameters[${index}]: ${message}`);
}
