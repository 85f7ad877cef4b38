import protobuf from "protobufjs/light.js";
import { internalDescriptors } from "../gen/descriptors/internal.ts";
import { v1Descriptors } from "../gen/descriptors/v1.ts";

const roots = new Map<string, protobuf.Root>();

/**
 * The reflection root that holds the type of this full name, parsed at its first use: v1 and internal messages never
 * refer to each other, and a program mostly needs one of the two.
 */
export function rootFor(typeName: string): protobuf.Root {
  const isV1 = typeName.startsWith("mesos.v1.");
  const key = isV1 ? "v1" : "internal";
  let root = roots.get(key);
  if (root === undefined) {
    const descriptors = JSON.parse(isV1 ? v1Descriptors : internalDescriptors) as protobuf.INamespace;
    root = protobuf.Root.fromJSON(descriptors);
    root.resolveAll();
    roots.set(key, root);
  }
  return root;
}
