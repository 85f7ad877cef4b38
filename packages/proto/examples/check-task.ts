import { encodeMessage, faultExcerpt, formatFault, parseMessage, toMesosJson, withDefaults } from "@berth/proto";
import { CommandInfo, TaskInfo } from "@berth/proto/v1";

const text = `{
  "name": "web", "taskId": { "value": "web-1" }, "agent_id": { "value": "a" },
  "command": { "value": "httpd -f" },
  "container": { "type": "DOCKER", "docker": { "imag": "busybox" } }
}`;

const wrong = parseMessage(TaskInfo, text);
for (const fault of wrong.ok ? [] : wrong.faults) {
  console.error(formatFault(fault)); // line 4, column 48: container.docker.imag: unknown field, did you mean image?
  console.error(faultExcerpt(text, fault)); // that line, and a caret under it
}

const right = parseMessage(TaskInfo, text.replace("imag", "image"));
if (right.ok) {
  const task = right.value;
  console.log(task.command?.shell); // undefined: nobody set it
  console.log(withDefaults(CommandInfo, task.command).shell); // true: what mesos.proto declares
  console.log(toMesosJson(TaskInfo, task)); // {"name":"web","task_id":{"value":"web-1"},...
  console.log(encodeMessage(TaskInfo, task).byteLength); // throws if a required field were unset
}
