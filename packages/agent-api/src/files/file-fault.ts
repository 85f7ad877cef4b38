/** Why a file is not shown, and the status that says so. */
export interface FileFault {
  readonly ok: false;
  readonly status: 400 | 403 | 404 | 500 | 503;
  readonly text: string;
}

export function fileFault(status: FileFault["status"], text: string): FileFault {
  return { ok: false, status, text };
}

export function notFound(path: string): FileFault {
  return fileFault(404, `There is nothing called '${path}'`);
}

export function forbidden(path: string): FileFault {
  return fileFault(403, `'${path}' may not be read`);
}
