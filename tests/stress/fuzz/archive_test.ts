import { assert } from "@std/assert";
import { FileTransferError } from "../../../src/errors.ts";
import { BLOCK, isZeroBlock } from "../../../src/files/archive/tar_header.ts";
import { readArchive } from "../../../src/files/archive/read_archive.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { seal, streamOf } from "../../unit/files/archive/archives.ts";
import {
  realArchive,
  realArchives,
} from "../../unit/files/archive/real_archives.ts";
import { fuzz, mutate } from "./fuzz.ts";

// Contents of zeros would take all the time.
const archives = realArchives.map((name) =>
  realArchive(name).subarray(0, 30 * BLOCK)
);

/** The most that a test reads of one body: a header may promise any size. */
const MOST_READ = 2 ** 17;

/** Changes fields of headers, and makes their checksums right. */
function damage(seeded: SeededRandom): Uint8Array {
  const bytes = new Uint8Array(seeded.pick(archives));
  for (let times = 1 + seeded.below(4); times > 0; times--) {
    const at = BLOCK * seeded.below(bytes.byteLength / BLOCK);
    const block = bytes.subarray(at, at + BLOCK);
    const kind = seeded.below(6);
    const offset = seeded.pick([0, 100, 124, 136, 156, 157, 257, 345, 386]);
    if (kind === 0) block.set(seeded.pick(archives).subarray(0, BLOCK));
    else if (kind === 1) block.fill(0);
    else if (kind === 2) block.fill(seeded.below(256), offset, offset + 12);
    else if (kind === 3) block[156] = seeded.pick([...TYPES]);
    else block[offset + seeded.below(12)] = seeded.below(256);
    if (seeded.below(4) > 0 && !isZeroBlock(block)) seal(block);
  }
  if (seeded.below(4) === 0) return mutate(seeded, bytes);
  if (seeded.below(4) > 0) return bytes;
  return bytes.subarray(0, seeded.below(bytes.byteLength));
}

const TYPES = new TextEncoder().encode("0123456LKxgSVXDMNZ");

fuzz("an archive of any bytes is read or incomplete", async (seeded) => {
  const bytes = damage(seeded);
  const chunk = seeded.pick([512, 4096, 65536]);
  try {
    for await (const entry of readArchive(streamOf(bytes, chunk), "read it")) {
      assert(entry.size >= 0 && Number.isSafeInteger(entry.size));
      assert(!Number.isNaN(entry.modified.getTime()));
      assert(entry.mode >= 0 && entry.mode <= 0o7777);
      if (entry.body === null) continue;
      let read = 0;
      for await (const chunk of entry.body) {
        read += chunk.byteLength;
        if (read > MOST_READ) break;
      }
      assert(read === entry.size || read > MOST_READ);
    }
  } catch (error) {
    if (!(error instanceof FileTransferError)) throw error;
    assert(error.reason === "Incomplete");
  }
});
