import {
  type Bytes,
  concatBytes,
  decodeText,
  encodeText,
} from "../../../../src/bytes.ts";
import { readArchive } from "../../../../src/files/archive/read_archive.ts";
import {
  BLOCK,
  type HeaderFields,
  paddingOf,
  writeTarHeader,
} from "../../../../src/files/archive/tar_header.ts";
import type { TreeEntry } from "../../../../src/files/tree_entry.ts";

/** What a test changes in a member of an archive. */
export interface MemberOptions extends Partial<Omit<HeaderFields, "name">> {
  readonly content?: string | Uint8Array;
  /** Changes the header before its checksum is made. */
  readonly change?: (header: Uint8Array) => void;
}

/** A member with any header, as a hostile archive may have it. */
export function member(
  name: string | Uint8Array,
  { content = "", change, ...fields }: MemberOptions = {},
): Bytes {
  const bytes = typeof content === "string" ? encodeText(content) : content;
  const header = new Uint8Array(BLOCK);
  writeTarHeader(header, {
    name: typeof name === "string" ? encodeText(name) : name,
    mode: 0o644,
    size: bytes.byteLength,
    modified: 1_600_000_000,
    type: "0",
    linkName: new Uint8Array(0),
    ...fields,
  });
  if (change !== undefined) {
    change(header);
    seal(header);
  }
  const padding = new Uint8Array(paddingOf(bytes.byteLength));
  return concatBytes([header, bytes, padding]);
}

/** Makes the checksum of a header right. */
export function seal(header: Uint8Array): void {
  header.fill(0x20, 148, 156);
  const sum = header.subarray(0, BLOCK).reduce((sum, byte) => sum + byte, 0);
  header.set(encodeText(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}

/** A record of an extended header. */
export function record(key: string, value: string): string {
  const rest = encodeText(` ${key}=${value}\n`).byteLength;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** An archive with the two blocks of its end. */
export function archiveOf(...members: readonly Uint8Array[]): Bytes {
  return concatBytes([...members, new Uint8Array(2 * BLOCK)]);
}

/** A stream of `bytes` in chunks of `size`. */
export function streamOf(
  bytes: Uint8Array,
  size: number = 64 * 1024,
): ReadableStream<Bytes> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.byteLength) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + size)));
      at += size;
    },
  }, { highWaterMark: 0 });
}

/** An entry with its content as a text. */
export type ReadEntry = Omit<TreeEntry, "body"> & {
  readonly content: string | null;
};

/** All entries of an archive, without the zeros of their contents. */
export async function readAll(
  bytes: Uint8Array,
  chunk?: number,
): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = [];
  for await (const entry of readArchive(streamOf(bytes, chunk), "read it")) {
    const { path, type, size, mode, modified, linkTarget, problem } = entry;
    const fields = { path, type, size, mode, modified, linkTarget, problem };
    if (entry.body === null) {
      entries.push({ ...fields, content: null });
      continue;
    }
    const content = concatBytes(await Array.fromAsync(entry.body));
    const length = content.byteLength;
    if (length !== size && problem === null) {
      throw new Error(`${path}: ${length}, not ${size}`);
    }
    // A string of millions of zeros would take a second.
    const text = decodeText(content.filter((byte) => byte !== 0));
    entries.push({ ...fields, content: text });
  }
  return entries;
}
