export const runExamples = `
Without a file, --image and the flags above describe the task; what follows -- is its command line, and
without one the image's own entry point and command run. A file is a mesos.v1 TaskInfo in JSON; - reads it
from stdin. Resources that are not given are 0.1 cpus and 64 MB.

Underscores are as good as dashes: --work_dir is --work-dir.

Examples:
  berth run task.json
  berth run --image busybox:1.36 --shell 'echo hello from $MESOS_SANDBOX'
  berth run --image busybox:1.36 -- ls -l /mnt/mesos/sandbox
  berth run --image nginx:1.27 --port 8080:80/tcp --mem 128
  berth run --image app --uri https://example.com/data.tar.gz --env MODE=fast --volume ./out:/out
  berth run --json task.json | jq -r .state

Exit code:
  the container's own; 128+n when signal n ended it; 137 out of memory; 130 after Ctrl-C (143 after SIGTERM);
  141 when the reader of our output has gone; 124 when max_completion_time was over; 125 when no container ran;
  2 for wrong usage. Ctrl-C ends the task by its kill policy, a second one at once.

Environment:
  DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH   the engine, when --docker-socket is not given
  http_proxy, https_proxy, no_proxy                  for what is fetched
  XDG_STATE_HOME                                     see --work-dir
`;

export const explainExamples = `
Touches nothing: no engine, no network, no file but the task's.

Examples:
  berth explain task.json
  berth explain --image nginx:1.27 --port 8080:80
`;

export const validateExamples = `
Exit code: 0 when the task is valid, 1 when it is not, 2 for wrong usage.

Examples:
  berth validate task.json
  generate-task | berth validate -
`;

export const programExamples = `
Examples:
  berth run task.json                                   run a mesos.v1 TaskInfo and show its output
  berth run --image busybox:1.36 --shell 'echo hello'   or without a file
  berth explain task.json                               the docker run line it stands for
  berth validate task.json                              every fault, with line and column

berth <command> --help says more.
`;
