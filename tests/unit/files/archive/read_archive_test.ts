import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { concatBytes, encodeText } from "../../../../src/bytes.ts";
import { FileTransferError } from "../../../../src/errors.ts";
import type { ArchiveEntry } from "../../../../src/files/archive/archive_entry.ts";
import { readArchive } from "../../../../src/files/archive/read_archive.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import {
  archiveOf,
  member,
  readAll,
  type ReadEntry,
  record,
  streamOf,
} from "./archives.ts";
import { realArchive, realArchives } from "./real_archives.ts";

const d90 = "d".repeat(90);
const letters = Array.from(
  { length: 30 },
  (_, i) => String.fromCharCode(65 + i).repeat(3),
).join("");

/** What each file of the directory holds that the archives are of. */
const CONTENTS: Readonly<Record<string, string>> = {
  "a.txt": "hello",
  hard: "hello",
  empty: "",
  "-dash": "dash",
  "sub/b": "in sub",
  "new\nline": "nl",
  "ünï ☃": "uni",
  "\ufeffbom": "bom",
  ["n".repeat(101)]: "l101",
  [`${d90}/${d90}/${d90}/${"f".repeat(200)}`]: "deep",
  sparse: letters,
  holes: "",
};

const SIZES: Readonly<Record<string, number>> = {
  sparse: 30 * 65536 + 9000,
  holes: 100_000,
};

for (const name of realArchives) {
  test(`an archive of a real tar is read: ${name}`, async () => {
    const entries = await readAll(realArchive(name));
    assert(entries.length >= 3);
    for (const entry of entries) checkEntry(name, entry);
    const lengths = new Set(entries.map(({ path }) => path.length));
    const long = ["gnu", "posix", "busybox", "bsdpax", "bsdgnu"];
    assertEquals(lengths.has(473), long.includes(name));
    const paths = entries.map(({ path }) => path);
    assertEquals(new Set(paths).size, paths.length);
    assert(paths.includes("a.txt") && !paths.includes("./a.txt"));
  });
}

function checkEntry(archive: string, entry: ReadEntry): void {
  const { path, type, content, size, mode, linkTarget, problem } = entry;
  if (path === "\ufffd\ufffd") {
    return assertEquals(problem, "a name that is not UTF-8");
  }
  assertEquals(problem, null);
  if (type === "file") {
    assertEquals(content, CONTENTS[path], path);
    assertEquals(size, SIZES[path] ?? encodeText(content!).byteLength);
  } else assertEquals([content, size], [null, 0]);
  if (path === "a.txt" || path === "hard") {
    assertEquals(mode, 0o4751);
    if (type === "link") {
      assertEquals(linkTarget, path === "hard" ? "a.txt" : "hard");
    }
  }
  if (path === "sub") assertEquals([type, mode], ["directory", 0o750]);
  if (path === "sub/link") {
    assertEquals([type, linkTarget], ["symlink", "../a.txt"]);
  }
  if (path === "longlink") {
    // The older formats cut it.
    const length = archive === "ustar" || archive === "v7" ? 100 : 120;
    assertEquals(linkTarget, "t".repeat(length));
  }
  if (path === "pipe") assertEquals(type, "fifo");
  if (path === "." && archive === "busybox") return;
  const time = entry.modified.getTime();
  const exact = archive.includes("pax") || archive === "posix";
  const old = /busybox|bsdgnu/.test(archive) ? 0 : Date.UTC(1960, 0, 1);
  assertEquals(
    time,
    path === "empty" ? old : Date.UTC(2021, 1, 3, 4, 5, 6, exact ? 789 : 0),
  );
}

test("an archive is the same in chunks of any size", async () => {
  for (
    const [name, sizes] of [
      ["gnu", [1, 511, 4096]],
      ["posix", [7, 512, 513]],
      ["pax0.0", [7, 511, 512]],
    ] as const
  ) {
    const bytes = realArchive(name);
    const whole = await readAll(bytes, bytes.byteLength);
    for (const size of sizes) {
      assertEquals(await readAll(bytes, size), whole, `${name} by ${size}`);
    }
  }
});

test("an archive that ends early is incomplete wherever it ends", async () => {
  for (const name of ["gnu", "posix", "busybox"] as const) {
    const bytes = realArchive(name);
    let end = bytes.byteLength;
    while (bytes[end - 1] === 0) end--;
    // From one block of zeros on, it is known to be all of it.
    end = Math.ceil(end / 512) * 512 + 512;
    // A part of every block, at each place of one.
    const step = name === "busybox" ? 61 : 509;
    for (let length = 0; length < end; length += step) {
      const cut = bytes.subarray(0, length);
      // To expand the sparse files takes most of the time.
      const reading = name === "busybox" ? readAll(cut) : skipAll(cut);
      const error = await rejection(reading, FileTransferError);
      assertEquals(error.reason, "Incomplete");
      assertStringIncludes(error.message, "Cannot read it: ");
    }
    await skipAll(bytes.subarray(0, end));
  }
});

async function skipAll(bytes: Uint8Array): Promise<void> {
  for await (const _ of readArchive(streamOf(bytes), "read it"));
}

test("sizes above 8 GiB are read in both forms", async () => {
  const size = 9 * 2 ** 30 + 1;
  const pax = member("pax", {
    type: "x",
    content: record("size", String(size)),
  });
  const big = (head: Uint8Array) => concatBytes([head, new Uint8Array(512)]);
  for (
    const bytes of [
      big(member("big", { size })),
      big(concatBytes([pax, member("big")])),
    ]
  ) {
    for await (const entry of readArchive(streamOf(bytes), "read it")) {
      assertEquals([entry.path, entry.size], ["big", size]);
      break;
    }
  }
});

/** Headers that no tar makes. */
const DAMAGED: Readonly<Record<string, Uint8Array>> = {
  "a checksum": (() => {
    const bytes = archiveOf(member("a"));
    bytes[0] = 0x62;
    return bytes;
  })(),
  "a negative size": archiveOf(
    member("a", { change: (header) => header.fill(255, 124, 136) }),
  ),
  "a size beyond what is exact": archiveOf(
    member("a", {
      change: (header) => {
        header.fill(255, 124, 136);
        header[124] = 0x80;
      },
    }),
  ),
  "a size that is no number": archiveOf(
    member("a", { change: (header) => header.set(encodeText("8"), 124) }),
  ),
  "a record with a wrong length": paxed("99 path=b\n"),
  "a record with a length of 0": paxed("0 path=b\n"),
  "a record with a negative length": paxed("-9 path=b\n"),
  "a record without a length": paxed("path=b\n"),
  "a record without a key": paxed("6 =b\n\n"),
  "a record without an end": paxed("8 path=b\n"),
  "a size in a record that is no number": paxed(record("size", "1e3")),
  "an extended header of 9 GiB": archiveOf(
    member("x", { type: "x", size: 9 * 2 ** 30 }),
  ),
  "a long name of 9 GiB": archiveOf(
    member("x", { type: "L", size: 9 * 2 ** 30 }),
  ),
  "a single block of zeros": concatBytes([
    member("a"),
    new Uint8Array(512),
    member("b"),
  ]),
  "a sparse map that goes back": sparsed("0,1,0,1", "9", "ab"),
  "a sparse map that overlaps": sparsed("0,2,1,1", "9", "abc"),
  "a sparse map beyond the size": sparsed("8,2", "9", "ab"),
  "a sparse map of another length": sparsed("0,2", "9", "abc"),
  "a sparse map of odd length": sparsed("0,2,3", "9", "ab"),
  "a sparse map of words": sparsed("0,b", "9", "ab"),
  "a sparse map in the content that is none": archiveOf(
    member("x", {
      type: "x",
      content: record("GNU.sparse.major", "1") +
        record("GNU.sparse.minor", "0") + record("GNU.sparse.realsize", "9"),
    }),
    member("a", { content: "1\n0\nx\n" }),
  ),
  "an extended header of nothing": archiveOf(
    member("a"),
    member("x", { type: "x", content: record("path", "b") }),
  ),
  "a long name of nothing": archiveOf(
    member("a"),
    member("x", { type: "L", content: "b\0" }),
  ),
};

function paxed(records: string): Uint8Array {
  return archiveOf(member("x", { type: "x", content: records }), member("a"));
}

function sparsed(map: string, size: string, content: string): Uint8Array {
  const records = record("GNU.sparse.map", map) +
    record("GNU.sparse.size", size);
  return archiveOf(
    member("x", { type: "x", content: records }),
    member("a", { content }),
  );
}

for (const [what, bytes] of Object.entries(DAMAGED)) {
  test(`a damaged archive is refused: ${what}`, async () => {
    const error = await rejection(readAll(bytes), FileTransferError);
    assertEquals(error.reason, "Incomplete");
  });
}

test("the map of a sparse file is heeded", async () => {
  const [entry] = await readAll(sparsed("2,1,5,1", "9", "ab"));
  assertEquals([entry!.size, entry!.content], [9, "ab"]);
});

test("what follows the end of an archive is read but ignored", async () => {
  let ended = false;
  const bytes = concatBytes([archiveOf(member("a")), encodeText("garbage")]);
  const stream = streamOf(bytes, 100).pipeThrough(
    new TransformStream({
      flush() {
        ended = true;
      },
    }),
  );
  const paths = [];
  for await (const { path } of readArchive(stream, "read it")) paths.push(path);
  assertEquals([paths, ended], [["a"], true]);
});

test("archives behind one another are read as one, if asked for", async () => {
  const one = archiveOf(member("a", { content: "A" }));
  const two = archiveOf(member("b"), member("c", { content: "C" }));
  const all = concatBytes([one, new Uint8Array(512 * 3), two]);
  const pathsOf = async (bytes: Uint8Array, isSeries: boolean) => {
    const entries = readArchive(streamOf(bytes, 700), "read", isSeries);
    const paths: string[] = [];
    for await (const { path } of entries) paths.push(path);
    return paths.join("");
  };
  assertEquals(await pathsOf(all, true), "abc");
  assertEquals(await pathsOf(all, false), "a");
  const cut = all.subarray(0, one.byteLength + 512 * 3 + 600);
  const error = await rejection(pathsOf(cut, true), FileTransferError);
  assertEquals(error.reason, "Incomplete");
});

test("an error of the source after the last entry is thrown", async () => {
  const stream = streamOf(archiveOf(member("a"))).pipeThrough(
    new TransformStream({
      flush() {
        throw new RangeError("exit code 2");
      },
    }),
  );
  const reading = (async () => {
    for await (const _ of readArchive(stream, "read it"));
  })();
  assertEquals((await rejection(reading, RangeError)).message, "exit code 2");
});

test("leaving the loop cancels the source", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(member("a", { content: "b" })),
    cancel: () => resolve(),
  });
  for await (const _ of readArchive(stream, "read it")) break;
  await promise;
});

test("what is not read of a body is skipped", async () => {
  const bytes = archiveOf(
    member("a", { content: "x".repeat(3000) }),
    member("b", { content: "y".repeat(3000) }),
    member("c", { content: "z" }),
  );
  const seen: string[] = [];
  for await (const { path, body } of readArchive(streamOf(bytes, 700), "it")) {
    if (path === "b") {
      const reader = body!.getReader();
      const { value } = await reader.read();
      seen.push(String.fromCharCode(value![0]!));
      reader.releaseLock();
    } else if (path === "c") seen.push(await new Response(body).text());
  }
  assertEquals(seen, ["y", "z"]);
});

test("a body cannot be read once the loop has gone on", async () => {
  const bytes = archiveOf(member("a", { content: "b" }), member("c"));
  let first: ReadableStream | null = null;
  for await (const { body } of readArchive(streamOf(bytes), "it")) {
    if (first !== null) {
      const error = await rejection(first.getReader().read(), TypeError);
      assertStringIncludes(error.message, 'Cannot read "a"');
    }
    first ??= body;
  }
});

test("a chunk of a body may be transferred", async () => {
  const bytes = archiveOf(
    member("a", { content: "1234" }),
    member("b", { content: "5678" }),
  );
  const texts: string[] = [];
  for await (const { body } of readArchive(streamOf(bytes), "read it")) {
    for await (const chunk of body!) {
      const moved = structuredClone(chunk, { transfer: [chunk.buffer] });
      texts.push(new TextDecoder().decode(moved));
    }
  }
  assertEquals(texts, ["1234", "5678"]);
});

test("a piece is owned if nothing else is in its chunk", async () => {
  const archive = archiveOf(member("file", { content: "x".repeat(1500) }));
  const owned: Record<number, unknown[]> = {};
  for (const size of [512, 1024, 4096]) {
    const entries = readArchive(streamOf(archive, size), "read it");
    const entry = (await entries.next()).value as ArchiveEntry;
    owned[size] = [];
    for (let piece; (piece = await entry.piece()) !== null;) {
      owned[size].push(piece.isOwned);
    }
    await entries.return();
  }
  // The header, and what fills the last block, may be read later.
  assertEquals(owned, {
    512: [true, true, false],
    1024: [true, false],
    4096: [false],
  });
});

test("the source is read as the body is, no faster", async () => {
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(
        pulled++ === 0
          ? member("a", { size: 2 ** 30 })
          : new Uint8Array(64 * 1024),
      );
    },
  }, { highWaterMark: 0 });
  for await (const { body } of readArchive(stream, "read it")) {
    const reader = body!.getReader();
    await reader.read();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(pulled, 3);
    break;
  }
});

test("odd entries are yielded for what they are", async () => {
  const types = { 3: "device", 4: "device", 6: "fifo", 7: "file", Z: "other" };
  const members = Object.keys(types).map((type) => member(type, { type }));
  const old = member("old/", { change: (header) => header[156] = 0 });
  const root = member("./", { type: "5" });
  const label = member("label", { type: "V" });
  const global = member("g", {
    type: "g",
    content: record("mtime", "-1.5") + record("comment", "x"),
  });
  const entries = await readAll(
    archiveOf(label, global, root, old, ...members),
  );
  assertEquals(
    entries.map(({ path, type }) => [path, type]),
    [[".", "directory"], ["old", "directory"], ...Object.entries(types)],
  );
  assert(entries.every(({ modified }) => modified.getTime() === -1500));
  assertEquals(
    entries.at(-1)!.problem,
    'an unknown type of entry, "Z"',
  );
});

test("names that cannot be kept are marked", async () => {
  const entries = await readAll(archiveOf(
    member(new Uint8Array([0xff, 0xfe])),
    member("x", { type: "x", content: record("path", "a\0b") }),
    member("b"),
    member("/etc/passwd"),
    member("../up"),
    member(""),
  ));
  assertEquals(entries.map(({ path, problem }) => [path, problem]), [
    ["\ufffd\ufffd", "a name that is not UTF-8"],
    ["a\0b", "a name with a NUL"],
    ["/etc/passwd", null],
    ["../up", null],
    ["", null],
  ]);
});
