import type { Command } from "commander";
import type { Shell } from "./parsed-command.ts";

interface Grammar {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly {
    readonly names: readonly string[];
    readonly description: string;
    readonly takesValue: boolean;
  }[];
  /** Words that may stand there; undefined for files. */
  readonly words: readonly string[] | undefined;
}

/** Completes the commands, their flags, and files. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = program.commands.map(grammarOf);
  switch (shell) {
    case "bash":
      return bash(commands);
    case "zsh":
      return zsh(commands);
    case "fish":
      return fish(commands);
  }
}

function grammarOf(command: Command): Grammar {
  const flags = command.options.map(({ long, short, description, required }) => ({
    names: [short, long].filter((name) => typeof name === "string"),
    description,
    takesValue: required,
  }));
  const [argument] = command.registeredArguments;
  const words = argument?.argChoices ?? (argument?.name().endsWith(".json") === true ? undefined : []);
  return { name: command.name(), description: command.description(), flags, words };
}

const names = (commands: readonly Grammar[]) => commands.map(({ name }) => name).join(" ");
const flagNames = ({ flags }: Grammar) => [...flags.flatMap((flag) => flag.names), "--help"].join(" ");

function bash(commands: readonly Grammar[]): string {
  const cases = commands.map((command) => {
    const words = command.words === undefined ? "" : `words="${command.words.join(" ")}"; files=`;
    return `    ${command.name}) flags="${flagNames(command)}"; ${words} ;;`.replace(/ +;;$/, " ;;");
  });
  return `# bash completion for berth: source <(berth completion bash)
_berth() {
  local current="\${COMP_WORDS[COMP_CWORD]}" flags="" words="" files=1
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names(commands)} --help --version" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
    *) return ;;
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$current")); [ -n "$files" ] && COMPREPLY+=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _berth berth
`;
}

function zsh(commands: readonly Grammar[]): string {
  const escape = (text: string) =>
    text.replaceAll(/[[\]:'\\]/g, (character) => (character === "'" ? "'\\''" : `\\${character}`));
  const described = commands.map(({ name, description }) => `    '${name}:${escape(description)}'`);
  const cases = commands.map((command) => {
    const flags = command.flags.flatMap(({ names, description, takesValue }) =>
      names.map((name) => `'*${name}[${escape(description)}]${takesValue ? ":value:_files" : ""}'`),
    );
    const rest = command.words === undefined ? "'*:file:_files'" : `'*:word:(${command.words.join(" ")})'`;
    return `    ${command.name}) _arguments ${[...flags, rest].join(" ")} ;;`;
  });
  return `#compdef berth
_berth() {
  local -a commands
  commands=(
${described.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  words=("\${(@)words[2,-1]}")
  (( CURRENT-- ))
  case $command in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = "_berth" ]; then _berth "$@"; else compdef _berth berth; fi
`;
}

function fish(commands: readonly Grammar[]): string {
  const quote = (text: string) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap((command) => {
    const within = `complete -c berth -n '__fish_seen_subcommand_from ${command.name}'`;
    return [
      `complete -c berth -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.description)}`,
      ...(command.words === undefined ? [] : [`${within} -f -a ${quote(command.words.join(" "))}`]),
      ...command.flags.map(({ names, description, takesValue }) => {
        const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
        return `${within} ${flags.join(" ")}${takesValue ? " -r" : ""} -d ${quote(description)}`;
      }),
    ];
  });
  return `# fish completion for berth: berth completion fish | source\n${lines.join("\n")}\n`;
}
