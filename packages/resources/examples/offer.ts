import {
  addResources,
  containsResources,
  detectResources,
  formatResources,
  parseResources,
  subtractResources,
} from "@berth/resources";

const given = parseResources("cpus:4;ports:[31000-31009];cpus(eng):2");
const total = detectResources(given, { cpus: 8, memoryBytes: 2 ** 34, workDirectoryDiskBytes: 2 ** 37 });
console.log(formatResources(total)); // cpus:4; ports:[31000-31009]; cpus(reservations: [(STATIC,eng)]):2; mem:15360; disk:125952

const task = parseResources("cpus:0.1;mem:32;ports:[31003-31003]");
const executor = parseResources("cpus:0.2;mem:32");
const used = addResources(task, executor);
console.log(containsResources(total, used)); // true
console.log(formatResources(subtractResources(total, used))); // cpus:3.7; ports:[31000-31002, 31004-31009]; ...
