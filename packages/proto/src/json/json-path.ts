const plainKey = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `container` + `docker` is `container.docker`; a key that would not read well is quoted: `limits["a.b"]`. */
export function joinKey(path: string, key: string): string {
  if (!plainKey.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

export function joinIndex(path: string, index: number): string {
  return `${path}[${index}]`;
}
