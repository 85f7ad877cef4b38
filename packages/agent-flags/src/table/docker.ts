import type { FlagGroup, FlagSpec } from "../flag-spec.ts";

const imageStore =
  "it is for images of the mesos containerizer, and has no effect on Docker containers in the original either";

export const dockerFlags: FlagGroup = {
  title: "Docker",
  flags: [
    {
      name: "containerizers",
      type: "string",
      default: "docker",
      text: "Comma separated list of containerizers.",
      state: "served",
      why: "Default in the original: `mesos`, which is not there yet.",
    },
    {
      name: "docker",
      type: "string",
      default: "docker",
      text: "Path of the docker command.",
      state: "noted",
      why: "the engine is spoken to over `--docker_socket`, no command is run",
    },
    {
      name: "docker_socket",
      type: "string",
      default: "/var/run/docker.sock",
      text: "Absolute path of the engine's socket.",
      state: "served",
      why: "When it is not given, DOCKER_HOST of the environment counts.",
    },
    {
      name: "docker_config",
      type: "json",
      text: "Docker's config.json (or the older dockercfg): JSON, or its path. A task's own files win over it.",
      state: "served",
      secret: true,
    },
    {
      name: "docker_kill_orphans",
      type: "boolean",
      default: "true",
      text: "End containers of this agent that an earlier life of it has left.",
      state: "served",
      why: "Only containers that carry this agent's id are ever touched. With false the agent does not start while there are any.",
    },
    {
      name: "docker_remove_delay",
      type: "duration",
      default: "6hrs",
      text: "How long a stopped container is kept.",
      state: "served",
      why: "At most 24 days, and at most 50 containers.",
    },
    {
      name: "docker_stop_timeout",
      type: "duration",
      default: "0ns",
      text: "Grace of the containerizer's own destroy; deprecated.",
      state: "refused",
      why: "it is deprecated: use the kill policy of the task",
    },
    {
      name: "docker_mesos_image",
      type: "string",
      text: "Image of the agent itself, in which executors run.",
      state: "noted",
      why: "there are no executor processes: an agent in a container needs the engine's socket and its work folder under the host's path",
    },
    {
      name: "sandbox_directory",
      type: "string",
      default: "/mnt/mesos/sandbox",
      text: "Where a container sees its sandbox.",
      state: "served",
    },
    {
      name: "default_container_dns",
      type: "json",
      text: "DNS of containers that set none of their own.",
      state: "served",
      why: "The `docker` part.",
    },
    {
      name: "default_container_info",
      type: "json",
      text: "ContainerInfo of executors that have none.",
      state: "refused",
      why: "a task without a ContainerInfo needs the mesos containerizer, which is not there yet",
    },
    {
      name: "cgroups_enable_cfs",
      type: "boolean",
      default: "false",
      text: "Hold tasks without a cpu limit to their cpus.",
      state: "served",
    },
    {
      name: "nvidia_gpu_devices",
      type: "string",
      text: "Indices of the GPUs to offer.",
      state: "refused",
      why: "GPUs are not served yet",
    },
    store("docker_registry", "string", "https://registry-1.docker.io", "Registry of the mesos containerizer."),
    store(
      "docker_store_dir",
      "string",
      "/tmp/mesos/store/docker",
      "Where the mesos containerizer keeps Docker images.",
    ),
    store(
      "docker_volume_checkpoint_dir",
      "string",
      "/var/run/mesos/isolators/docker/volume",
      "Where the docker/volume isolator keeps its state.",
    ),
    store("docker_volume_chown", "boolean", "false", "Give docker volumes to the container's user."),
    store("docker_ignore_runtime", "boolean", "false", "Ignore the runtime part of an image's manifest."),
    store("image_providers", "string", undefined, "Kinds of images."),
    store("image_provisioner_backend", "string", undefined, "How root file systems are made of images."),
    store("image_gc_config", "json", undefined, "When images are removed."),
    store("appc_simple_discovery_uri_prefix", "string", "http://", "Prefix of appc discovery."),
    store("appc_store_dir", "string", "/tmp/mesos/store/appc", "Where appc images are kept."),
  ],
};

function store(name: string, type: FlagSpec["type"], value: string | undefined, text: string): FlagSpec {
  return { name, type, default: value, text, state: "noted", why: imageStore };
}
