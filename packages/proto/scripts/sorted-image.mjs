// First step of `generate`, to standard output: the compiled .proto files, the fields of every message sorted by number.
// ts-proto encodes in the order it is given, and every Mesos process writes, as all of Google's encoders do, by number:
// sorted here, our bytes are theirs. The .proto files keep Mesos's order of declaration, which is the order of its JSON.
import { execFileSync } from "node:child_process";

// Without source info: its comments are found by index, which sorting changes.
const text = execFileSync("buf", ["build", "--exclude-source-info", "-o", "-#format=json"], {
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
const image = JSON.parse(text);

/** @param {{ field?: { number: number }[], nestedType?: object[] }} message */
function sortFields(message) {
  message.field?.sort((a, b) => a.number - b.number);
  for (const nested of message.nestedType ?? []) sortFields(nested);
}
for (const file of image.file) for (const message of file.messageType ?? []) sortFields(message);

process.stdout.write(JSON.stringify(image));
