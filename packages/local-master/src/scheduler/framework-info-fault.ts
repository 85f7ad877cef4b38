import type { Call_Subscribe } from "@berth/proto/v1/scheduler";
import { capabilitiesOf, rolesOf } from "../books/frameworks.ts";

/** What is wrong with a framework that wants to subscribe, in words for its author. */
export function frameworkInfoFault(subscribe: Call_Subscribe): string | undefined {
  const info = subscribe.frameworkInfo ?? {};
  if (capabilitiesOf(info).has("MULTI_ROLE")) {
    if (info.role !== undefined) return "a framework with MULTI_ROLE sets 'roles', not 'role'";
    if (new Set(info.roles).size !== (info.roles?.length ?? 0)) return "'roles' names a role twice";
  } else if ((info.roles?.length ?? 0) > 0) {
    return "only a framework with MULTI_ROLE may set 'roles'";
  }
  const roles = rolesOf(info);
  for (const role of roles) {
    const fault = roleFault(role);
    if (fault !== undefined) return `role '${role}' ${fault}`;
  }
  for (const role of subscribe.suppressedRoles ?? []) {
    if (!roles.has(role)) return `suppressed role '${role}' is none of the framework's`;
  }
  const timeout = info.failoverTimeout ?? 0;
  if (!(timeout >= 0) || timeout > maxFailoverSeconds) return "'failover_timeout' is no time";
  const id = info.id?.value;
  if (id !== undefined && id !== "" && idFault(id) !== undefined) return `framework id ${idFault(id)}`;
  return undefined;
}

/** 2^63 nanoseconds, the longest duration that the original has. */
const maxFailoverSeconds = 9_223_372_036;

/** Roles become names of folders; `/` makes one the child of another. */
export function roleFault(role: string): string | undefined {
  if (role === "*") return undefined;
  if (role === "") return "is empty";
  for (const part of role.split("/")) {
    if (part === "") return "has an empty part";
    if (part === "." || part === ".." || part === "*") return `has the part '${part}'`;
    if (part.startsWith("-")) return "has a part that starts with '-'";
  }
  // eslint-disable-next-line no-control-regex
  return /[\s\u0000-\u001f\u007f\\]/u.test(role)
    ? "has white space, a control character or a backslash in it"
    : undefined;
}

/** What ids of frameworks, tasks and executors may not be: they become names of folders. */
export function idFault(id: string): string | undefined {
  if (id === "") return "is empty";
  if (id.length > 255) return "is longer than 255 characters";
  if (id === "." || id === "..") return `is '${id}'`;
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f/\\]/u.test(id)) return "has a control character, '/' or '\\' in it";
  return undefined;
}
