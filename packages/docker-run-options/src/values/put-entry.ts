/** Sets an own entry of a map whose keys come from outside, where plain assignment would lose the key `__proto__`. */
export function putEntry<Value>(map: Record<string, Value>, key: string, value: Value): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
