import http from "node:http";

/** The Engine API over raw HTTP on one kept connection a request at a time: nothing could be faster from Node. */
export interface BareEngine {
  post(path: string, body?: unknown): Promise<{ status: number; text: string }>;
  get(path: string): Promise<{ status: number; text: string }>;
  delete(path: string): Promise<{ status: number; text: string }>;
  close(): void;
}

export function createBareEngine(socketPath: string): BareEngine {
  const agent = new http.Agent({ keepAlive: true });
  function call(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers =
        text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
      const request = http.request({ socketPath, agent, method, path: `/v1.41${path}`, headers }, (response) => {
        let answer = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (answer += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text: answer }));
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end(text);
    });
  }
  return {
    post: (path, body) => call("POST", path, body),
    get: (path) => call("GET", path),
    delete: (path) => call("DELETE", path),
    close: () => agent.destroy(),
  };
}
