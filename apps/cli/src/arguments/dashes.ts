/**
 * Mesos writes flags with underscores, Berth with dashes: both are understood. Only names change, never a value, and nothing after
 * `--`. `takesValue` says of a name with dashes whether the next argument is its value.
 */
export function withDashes(argv: readonly string[], takesValue: (name: string) => boolean): readonly string[] {
  const result: string[] = [];
  let isValue = false;
  for (const [index, argument] of argv.entries()) {
    if (isValue || !argument.startsWith("--")) {
      result.push(argument);
      isValue = !isValue && /^-[a-zA-Z]$/.test(argument) && takesValue(argument);
      continue;
    }
    if (argument === "--") return [...result, ...argv.slice(index)];
    const equals = argument.indexOf("=");
    const name = (equals === -1 ? argument : argument.slice(0, equals)).replaceAll("_", "-");
    result.push(equals === -1 ? name : name + argument.slice(equals));
    isValue = equals === -1 && takesValue(name);
  }
  return result;
}
