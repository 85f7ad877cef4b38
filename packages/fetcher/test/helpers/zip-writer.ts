import { crc32, deflateRawSync } from "node:zlib";

export interface ZipRecipe {
  readonly name: string;
  readonly content: string | Buffer;
  /** Unix mode with type bits; a regular file when absent. */
  readonly mode?: number;
  /** Writes this CRC instead of the right one. */
  readonly crc?: number;
}

/** A zip with any entries, repeated and damaged ones included. */
export function zipOf(recipes: readonly ZipRecipe[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const recipe of recipes) {
    const name = Buffer.from(recipe.name);
    const body = Buffer.from(recipe.content);
    const packed = deflateRawSync(body);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(recipe.crc ?? crc32(body), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(body.length, 18);
    common.writeUInt16LE(name.length, 22);
    const file = Buffer.concat([Buffer.from("PK\x03\x04"), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((recipe.mode ?? 0o100644) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), madeBy, common, tail, name]));
    files.push(file);
    offset += file.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(recipes.length, 8);
  end.writeUInt16LE(recipes.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, central, end]);
}
