import type { FlagGroup } from "../flag-spec.ts";

const noModules = "modules are C++ libraries, which cannot be loaded here";
const noProviders = "resource providers are not served";
const noEstimator = "it counts only with a resource estimator or QoS controller, which are modules";
const noSlice =
  "tasks are children of the engine, not of the agent; `KillMode=process` in the unit is all that systemd needs";

export const moduleFlags: FlagGroup = {
  title: "Modules, oversubscription, the process",
  flags: [
    { name: "modules", type: "json", text: "Modules to load.", state: "refused", why: noModules },
    { name: "modules_dir", type: "string", text: "Folder of module manifests.", state: "refused", why: noModules },
    { name: "hooks", type: "string", text: "Hook modules.", state: "refused", why: noModules },
    {
      name: "container_logger",
      type: "string",
      text: "Module that takes containers' output.",
      state: "refused",
      why: noModules,
    },
    {
      name: "secret_resolver",
      type: "string",
      text: "Module that resolves secrets.",
      state: "refused",
      why: noModules,
    },
    {
      name: "resource_estimator",
      type: "string",
      text: "Module that estimates what can be oversubscribed.",
      state: "refused",
      why: noModules,
    },
    {
      name: "qos_controller",
      type: "string",
      text: "Module that corrects oversubscription.",
      state: "refused",
      why: noModules,
    },
    {
      name: "qos_correction_interval_min",
      type: "duration",
      default: "0ns",
      text: "Least time between QoS corrections.",
      state: "noted",
      why: noEstimator,
    },
    {
      name: "oversubscribed_resources_interval",
      type: "duration",
      default: "15secs",
      text: "How often the estimate goes to the master.",
      state: "noted",
      why: noEstimator,
    },
    {
      name: "resource_provider_config_dir",
      type: "string",
      text: "Configurations of local resource providers.",
      state: "refused",
      why: noProviders,
    },
    {
      name: "csi_plugin_config_dir",
      type: "string",
      text: "Configurations of CSI plugins.",
      state: "refused",
      why: noProviders,
    },
    {
      name: "disk_profile_adaptor",
      type: "string",
      text: "Module that knows disk profiles.",
      state: "refused",
      why: noModules,
    },
    {
      name: "systemd_enable_support",
      type: "boolean",
      default: "true",
      text: "Put executors into a slice of their own.",
      state: "noted",
      why: noSlice,
    },
    {
      name: "systemd_runtime_directory",
      type: "string",
      default: "/run/systemd/system",
      text: "systemd's runtime folder.",
      state: "noted",
      why: noSlice,
    },
    {
      name: "memory_profiling",
      type: "boolean",
      default: "false",
      text: "Offer jemalloc's profiles.",
      state: "noted",
      why: "there is no jemalloc here",
    },
  ],
};
