#!/usr/bin/env node
import process from "node:process";

// Before anything else is loaded: an older Node would only name what it lacks. `engines` in package.json says the same.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`error: berth needs Node 22.19 or later, and this is ${process.versions.node}\n`);
  process.exit(1);
}
await import("../dist/main.js");
