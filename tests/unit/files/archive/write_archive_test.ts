import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type Bytes, concatBytes } from "../../../../src/bytes.ts";
import { FileTransferError } from "../../../../src/errors.ts";
import { writeArchive } from "../../../../src/files/archive/write_archive.ts";
import type { TreeSource } from "../../../../src/files/tree_entry.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { withTempFolder } from "../../../support/temp_folder.ts";
import { readAll, streamOf } from "./archives.ts";

const MODIFIED = new Date("2021-02-03T04:05:06Z");

async function written(entries: Iterable<TreeSource>): Promise<Bytes> {
  const chunks: Bytes[] = [];
  for await (const chunk of writeArchive(entries, "write it")) {
    chunks.push(chunk);
  }
  return concatBytes(chunks);
}

/** Entries with everything that a header can hold. */
const TREE: readonly TreeSource[] = [
  { path: ".", type: "directory", mode: 0o700, modified: MODIFIED },
  { path: "text", body: "hello ☃", modified: MODIFIED },
  { path: "bytes", body: new Uint8Array(513).fill(97), mode: 0o600 },
  { path: "blob", body: new Blob(["b".repeat(70_000)]), modified: MODIFIED },
  {
    path: "stream",
    body: streamOf(new Uint8Array(100_001).fill(99), 40_000),
    size: 100_001,
    modified: MODIFIED,
  },
  { path: "empty", modified: new Date("1960-01-01T00:00:00Z") },
  { path: "later", modified: new Date("2400-01-01T00:00:00Z") },
  { path: "d", type: "directory", mode: 0o1777, modified: MODIFIED },
  { path: "d/" + "ü".repeat(120), body: "long", modified: MODIFIED },
  { path: "n".repeat(100), body: "100", modified: MODIFIED },
  { path: "-x\n'\"", body: "odd", modified: MODIFIED },
  { path: "soft", type: "symlink", linkTarget: "../" + "t".repeat(150) },
  { path: "hard", type: "link", linkTarget: "text", modified: MODIFIED },
];

test("what is written is read again", async () => {
  const entries = await readAll(await written(TREE));
  assertEquals(entries.length, TREE.length);
  for (const [i, source] of TREE.entries()) {
    const entry = entries[i]!;
    assertEquals(entry.path, source.path);
    assertEquals(entry.type, source.type ?? "file");
    assertEquals(entry.linkTarget, source.linkTarget ?? null);
    if (source.modified) assertEquals(entry.modified, source.modified);
    if (source.mode) assertEquals(entry.mode, source.mode);
    if (typeof source.body === "string") {
      assertEquals(entry.content, source.body);
    }
  }
  const sizes = entries.map(({ size }) => size);
  assertEquals(sizes.slice(1, 5), [9, 513, 70_000, 100_001]);
});

test("GNU tar and busybox read what is written", async () => {
  await withTempFolder(async ({ path }) => {
    const tree: TreeSource[] = [
      { path: "d".repeat(120) + "/" + "f".repeat(200), body: "deep" },
      { path: "old", modified: new Date("1960-01-01T00:00:00Z") },
      { path: "link", type: "symlink", linkTarget: "t".repeat(150) },
      { path: "sticky", type: "directory", mode: 0o1777 },
    ];
    await writeFile(`${path}/a.tar`, await written(tree));
    const list = async (program: string, args: string[]) => {
      const options = { env: { TZ: "UTC", PATH: "/usr/bin:/bin" } };
      const run = promisify(execFile);
      return (await run(program, args, options)).stdout;
    };
    const gnu = await list("tar", ["-tvf", `${path}/a.tar`]);
    const busybox = await list("busybox", ["tar", "-tvf", `${path}/a.tar`]);
    for (const text of [gnu, busybox]) {
      assertStringIncludes(text, ` ${tree[0]!.path}\n`);
      assertStringIncludes(text, `link -> ${"t".repeat(150)}\n`);
      assertStringIncludes(text, "drwxrwxrwt");
    }
    assertStringIncludes(gnu, "1960-01-01 00:00 old");
  });
});

test("a size above 8 GiB is in the header", async () => {
  const size = 9 * 2 ** 30;
  const body = streamOf(new Uint8Array(1));
  const stream = writeArchive([{ path: "big", size, body }], "write it");
  const reader = stream.getReader();
  const error = await rejection(
    (async () => {
      for (;;) if ((await reader.read()).done) return;
    })(),
    FileTransferError,
  );
  assertEquals(error.reason, "Changed");
  assertStringIncludes(error.message, `fewer than the ${size} bytes`);
});

test("a body of another size than promised is refused", async () => {
  for (const size of [0, 2, 4, 600]) {
    const body = streamOf(new Uint8Array(3));
    const error = await rejection(
      written([{ path: "a", size, body }]),
      FileTransferError,
    );
    assertEquals([error.reason, error.path], ["Changed", "a"]);
  }
});

test("an entry that no archive can hold is refused", async () => {
  const refused: [unknown, ErrorConstructor, string][] = [
    [{ path: "" }, TypeError, "is empty"],
    [{ path: "a\0b" }, TypeError, "NUL"],
    [{ path: "\ud800" }, TypeError, "Unicode"],
    [{ path: "a", type: "fifo" }, TypeError, "does not exist"],
    [{ path: "a", type: "symlink" }, TypeError, "no linkTarget"],
    [{ path: "a", linkTarget: "b" }, TypeError, "only a link"],
    [{ path: "a", type: "symlink", linkTarget: "" }, TypeError, "is empty"],
    [{ path: "a", type: "directory", body: "b" }, TypeError, "only a file"],
    [{ path: "a", mode: 0o10000 }, RangeError, "mode"],
    [{ path: "a", mode: -1 }, RangeError, "mode"],
    [{ path: "a", modified: new Date(NaN) }, TypeError, "not valid"],
    [{ path: "a", body: streamOf(new Uint8Array(1)) }, TypeError, "its size"],
    [{ path: "/a" }, FileTransferError, "leads out"],
    [{ path: "a/../../b" }, FileTransferError, "leads out"],
    [{ path: "a/" }, TypeError, "names a directory"],
    [{ path: "a/." }, TypeError, "names a directory"],
    [{ path: ".", type: "link", linkTarget: "b" }, TypeError, "a directory"],
  ] as [unknown, ErrorConstructor, string][];
  for (const [source, kind, words] of refused) {
    const error = await rejection(written([source as TreeSource]), kind);
    assertStringIncludes(error.message, "Cannot write it: ");
    assertStringIncludes(error.message, words);
  }
});

test("no entry goes through a link of the tree, or links to outside", async () => {
  const soft = { path: "s", type: "symlink", linkTarget: "/etc" } as const;
  const hard = (path: string, linkTarget: string) =>
    ({ path, type: "link", linkTarget }) as const;
  const refused: TreeSource[][] = [
    [soft, { path: "s/a" }],
    [soft, { path: "./s//b/a", type: "directory" }],
    [soft, { path: "s" }],
    [soft, { path: "s", type: "directory" }],
    [soft, hard("a", "s/passwd")],
    [soft, hard("h", "./s"), { path: "h/a" }],
    [hard("a", "/etc/passwd")],
    [hard("a", "b/../../c")],
  ];
  for (const entries of refused) {
    const error = await rejection(written(entries), FileTransferError);
    assertEquals([entries.at(-1), error.reason], [entries.at(-1), "Unsafe"]);
  }
  await written([{ path: "sa" }, soft, { path: "s.a" }, hard("b", "s"), soft]);
});

test("the caller's bytes are not handed on", async () => {
  const body = new Uint8Array(100_000).fill(1);
  for await (const chunk of writeArchive([{ path: "a", body }], "write it")) {
    assert(chunk.buffer !== body.buffer);
  }
});

test("an archive is written as it is read", async () => {
  let asked = 0;
  let returned = false;
  let cancelled = false;
  function* endless(): Generator<TreeSource> {
    try {
      for (;;) {
        asked++;
        yield {
          path: `f${asked}`,
          size: 2 ** 40,
          body: new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(2 ** 16)),
            cancel: () => {
              cancelled = true;
            },
          }),
        };
      }
    } finally {
      returned = true;
    }
  }
  const reader = writeArchive(endless(), "write it").getReader();
  assertEquals(asked, 0);
  await reader.read();
  await reader.read();
  await reader.cancel();
  assertEquals([asked, returned, cancelled], [1, true, true]);
});

test("many small files are joined in chunks", async () => {
  const entries = Array.from({ length: 1000 }, (_, i) => ({
    path: `dir/${i}`,
    body: "x".repeat(i),
  }));
  let chunks = 0;
  for await (const chunk of writeArchive(entries, "write it")) {
    chunks++;
    assert(chunk.byteLength <= 64 * 1024);
  }
  assert(chunks < 25, `${chunks} chunks`);
  assertEquals((await readAll(await written(entries))).length, 1000);
});
