import type { IncomingMessage } from "node:http";
import type { Answer } from "./status-error.ts";

/** No answer of a short call comes near this; whoever sends more is no engine. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** The whole body as text. Rejects when the connection ends before the body does. */
export function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) response.destroy(new Error(`the answer is longer than ${maxAnswerBytes} bytes`));
    });
    response.on("end", () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
    );
    response.on("error", reject);
    response.on("close", () => reject(new Error("the connection ended in the middle of the answer")));
  });
}
