/** Values under a framework's id and an id that only counts within that framework. */
export type NestedMap<V> = Map<string, Map<string, V>>;

export function putNested<V>(map: NestedMap<V>, outer: string, inner: string, value: V): void {
  const values = map.get(outer);
  if (values === undefined) map.set(outer, new Map([[inner, value]]));
  else values.set(inner, value);
}

/** Leaves no empty map behind. */
export function removeNested<V>(map: NestedMap<V>, outer: string, inner: string): V | undefined {
  const values = map.get(outer);
  const value = values?.get(inner);
  values?.delete(inner);
  if (values?.size === 0) map.delete(outer);
  return value;
}
