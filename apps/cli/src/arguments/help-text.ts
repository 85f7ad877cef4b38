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
  berth run --master mesos.example.com:5050 --detach task.json

Exit code:
  the container's own; 128+n when signal n ended it; 137 out of memory; 130 after Ctrl-C (143 after SIGTERM);
  141 when the reader of our output has gone; 124 when max_completion_time was over; 125 when no container ran;
  2 for wrong usage. Ctrl-C ends the task by its kill policy, a second one at once.

Where: with --master a master of Apache Mesos or of berth agent places the task on one of its agents. Without it that is the
master of this machine (127.0.0.1:5050) when one answers, else a master and an agent in this process, for the time of the run.
Flags about this machine (--work-dir to --hadoop-home) mean the latter.

Environment:
  BERTH_MASTER                                       the master, when --master is not given
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
  berth agent --work_dir=/var/lib/berth                 an agent and a master on this machine
  berth ps                                              the tasks of a master
  berth logs -f web                                     what a task writes

berth <command> --help says more.
`;

export const clusterExamples = `
The master is --master, else BERTH_MASTER, else 127.0.0.1:5050. Any master will do: one that does not lead names the one that does.
`;

export const psExamples = `${clusterExamples}
Examples:
  berth ps
  berth ps --all --master mesos.example.com:5050
  berth ps --json | jq -r 'select(.state == "TASK_RUNNING") | .id'
`;

export const killExamples = `${clusterExamples}
A master takes a kill from a task's own framework only. berth kill is that for tasks of berth run --detach; of others it says whose they are.

Examples:
  berth kill web
  berth kill --force web        without grace
`;

export const logsExamples = `${clusterExamples}
Examples:
  berth logs web
  berth logs -f --tail 10 web
  berth logs --stderr web
`;

export const stateExamples = `${clusterExamples}
Examples:
  berth state
  berth state --json | jq .agents
`;

export const completionExamples = `
Examples:
  source <(berth completion bash)
  berth completion zsh > "\${fpath[1]}/_berth"
  berth completion fish > ~/.config/fish/completions/berth.fish
`;
