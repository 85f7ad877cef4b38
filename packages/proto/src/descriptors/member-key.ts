/** The in-memory key of a proto field name, by ts-proto's rule: `task_id` is `taskId`, `DefaultTTL` stays as it is. */
export function memberKey(fieldName: string): string {
  return fieldName.replace(/_+([^_])/g, (_match, letter: string) => letter.toUpperCase());
}
