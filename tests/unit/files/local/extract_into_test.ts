import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { execFileSync } from "node:child_process";
import { lstatSync, readdirSync, statSync } from "node:fs";
import {
  chmod,
  link,
  lstat,
  mkdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { FileTransferError } from "../../../../src/errors.ts";
import { readArchive } from "../../../../src/files/archive/read_archive.ts";
import {
  extractFile,
  extractInto,
  type ExtractOptions,
} from "../../../../src/files/local/extract_into.ts";
import { LocalCopy } from "../../../../src/files/local/local_copy.ts";
import type { TreeEntry } from "../../../../src/files/tree_entry.ts";
import { isModernDeno } from "../../../../src/platform/runtime.ts";
import { runtime, test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { withTempFolder } from "../../../support/temp_folder.ts";
import {
  archiveOf,
  member,
  type MemberOptions,
  record,
  streamOf,
} from "../archive/archives.ts";
import { realArchive } from "../archive/real_archives.ts";

const text = (value: string) => new TextEncoder().encode(value);
const symbolic = (name: string, target: string) =>
  member(name, { type: "2", linkName: text(target) });
const hard = (name: string, target: string) =>
  member(name, { type: "1", linkName: text(target) });
const directory = (name: string, options: MemberOptions = {}) =>
  member(name, { type: "5", mode: 0o755, ...options });

const options: ExtractOptions = { action: "copy it", ignoresCase: false };

/** Extracts an archive into `root/in`; `root/out` is what must stay as it is. */
async function withRoot(
  body: (root: string, extract: Extract) => Promise<void>,
): Promise<void> {
  await withTempFolder(async ({ path: root }) => {
    await mkdir(`${root}/in`);
    await mkdir(`${root}/out`);
    await writeFile(`${root}/out/secret`, "secret");
    const extract: Extract = (members, changed = {}) =>
      extractInto(
        `${root}/in`,
        readArchive(streamOf(archiveOf(...members)), "copy it"),
        { ...options, ...changed },
      );
    await body(root, extract);
    assertEquals(tree(`${root}/out`), ["secret"]);
    assertEquals(await readFile(`${root}/out/secret`, "utf8"), "secret");
    assertEquals(readdirSync(root).sort(), ["in", "out"]);
  });
}

type Extract = (
  members: readonly Uint8Array[],
  changed?: Partial<ExtractOptions>,
) => ReturnType<typeof extractInto>;

/** All paths below a directory, links not followed. */
function tree(directory: string, below = ""): string[] {
  const found: string[] = [];
  for (const name of readdirSync(directory).sort()) {
    found.push(below + name);
    if (lstatSync(`${directory}/${name}`).isDirectory()) {
      found.push(...tree(`${directory}/${name}`, `${below}${name}/`));
    }
  }
  return found;
}

test("an archive becomes files, directories and links", async () => {
  await withRoot(async (root) => {
    const entries = readArchive(streamOf(realArchive("posix")), "copy");
    const result = await extractInto(`${root}/in/new/deep`, entries, options);
    const into = `${root}/in/new/deep`;
    assertEquals(await readFile(`${into}/a.txt`, "utf8"), "hello");
    assertEquals(await readFile(`${into}/new\nline`, "utf8"), "nl");
    assertEquals(await readFile(`${into}/\ufeffbom`, "utf8"), "bom");
    assertEquals(await readlink(`${into}/sub/link`), "../a.txt");
    const stats = statSync(`${into}/a.txt`);
    const time = Date.UTC(2021, 1, 3, 4, 5, 6, 789);
    assertEquals(stats.mode & 0o7777, 0o751, "without the set-ID bit");
    assertEquals(Math.round(stats.mtimeMs), time);
    assertEquals(statSync(`${into}/hard`).ino, stats.ino);
    const sub = statSync(`${into}/sub`);
    assertEquals([sub.mode & 0o7777, Math.round(sub.mtimeMs)], [0o750, time]);
    const empty = statSync(`${into}/empty`);
    // Deno 2.5 reads times before 1970 without their sign.
    const isSigned = runtime !== "deno" || isModernDeno();
    const before = Date.UTC(1960, 0, 1) * (isSigned ? 1 : -1);
    assertEquals([empty.size, empty.mtimeMs], [0, before]);
    const sparse = await readFile(`${into}/sparse`);
    assertEquals(sparse.byteLength, 30 * 65536 + 9000);
    assertEquals(
      sparse.subarray(65536 + 4095, 65536 + 4100).join(),
      [
        ...[0, 66, 66, 66, 0],
      ].join(),
    );
    assertEquals(statSync(`${into}/holes`).size, 100_000);
    assertEquals(result.skipped, [
      { path: "pipe", reason: "a fifo, which is neither file nor link" },
      { path: "\ufffd\ufffd", reason: "a name that is not UTF-8" },
    ]);
    assertEquals(result.files, 12 - 1);
    assertEquals(tree(into).filter((path) => path.includes(".part")), []);
  });
});

test("names that lead out of the directory are skipped", async () => {
  await withRoot(async (root, extract) => {
    const names = [
      "../evil",
      "a/../../evil",
      `${root}/out/evil`,
      "/evil",
      "..",
      "",
      "a/..",
    ];
    const { files, skipped } = await extract([
      ...names.map((name) => member(name, { content: "evil" })),
      directory(".."),
      directory("../out"),
      symbolic("../out/link", "secret"),
      member("good", { content: "good" }),
    ]);
    assertEquals(files, 1);
    assertEquals(skipped.length, names.length + 3);
    assertEquals(tree(`${root}/in`), ["good"]);
  });
});

test("nothing is written through a symbolic link of the archive", async () => {
  await withRoot(async (root, extract) => {
    const { skipped } = await extract([
      symbolic("up", ".."),
      symbolic("absolute", `${root}/out`),
      directory("d"),
      symbolic("d/root", ".."),
      symbolic("chain", "d/root/../out"),
      member("d/root/file", { content: "x" }),
      member("up/out/file", { content: "x" }),
      member("absolute/file", { content: "x" }),
      directory("d/root"),
      directory("d/root/out"),
    ]);
    assertEquals(skipped.map(({ path, reason }) => [path, reason]), [
      ["up", "a symbolic link that leads out of the directory"],
      ["absolute", "a symbolic link to an absolute path"],
      ["chain", "a symbolic link that leads out of the directory"],
      ["d/root/file", '"d/root" is a symbolic link'],
      ["d/root", '"d/root" is a symbolic link'],
      ["d/root/out", '"d/root" is a symbolic link'],
    ]);
    assertEquals(tree(`${root}/in`), [
      ...["absolute", "absolute/file", "d", "d/root", "up", "up/out"],
      "up/out/file",
    ]);
  });
});

test("nothing is written through a link that was there before", async () => {
  await withRoot(async (root, extract) => {
    await symlink("../out", `${root}/in/d`);
    await symlink("../out/secret", `${root}/in/f`);
    await symlink("../out/new", `${root}/in/dangling`);
    await link(`${root}/out/secret`, `${root}/in/same`);
    const { skipped } = await extract([
      directory("d"),
      member("d/evil", { content: "evil" }),
      member("f", { content: "mine" }),
      member("dangling", { content: "mine" }),
      member("same", { content: "mine" }),
      symbolic("d/link", "secret"),
      hard("stolen", "d/secret"),
    ]);
    assertEquals(skipped.map(({ path }) => path), [
      ...["stolen", "d", "d/evil", "d/link"],
    ]);
    // The links themselves were replaced, by files.
    for (const name of ["f", "dangling", "same"]) {
      assert((await lstat(`${root}/in/${name}`)).isFile());
      assertEquals(await readFile(`${root}/in/${name}`, "utf8"), "mine");
    }
  });
});

test("a hard link leads to files of the directory only", async () => {
  await withRoot(async (root, extract) => {
    const { skipped } = await extract([
      member("a", { content: "a" }),
      directory("d/e"),
      symbolic("d/e/soft", "../../a"),
      hard("b", "./a"),
      hard("a", "a"),
      hard("out", "../out/secret"),
      hard("absolute", `${root}/out/secret`),
      hard("missing", "nothing"),
      // Moved up, the symbolic link would lead out.
      hard("soft", "d/e/soft"),
      hard("d/e/again", "d/e/soft"),
      hard("through", "d/e/soft/x"),
      hard("directory", "d"),
      hard("empty", ""),
    ]);
    assertEquals(skipped.map(({ path }) => path), [
      ...["out", "absolute", "missing", "soft", "through", "directory"],
      "empty",
    ]);
    assertEquals(tree(`${root}/in`), [
      ...["a", "b", "d", "d/e", "d/e/again", "d/e/soft"],
    ]);
    assertEquals(await readlink(`${root}/in/d/e/again`), "../../a");
  });
});

test("devices and unknown entries are skipped", async () => {
  await withRoot(async (root, extract) => {
    const types = ["3", "4", "6", "Z"];
    const { skipped } = await extract(
      types.map((type) => member(type, { type, mode: 0o6777 })),
    );
    assertEquals(skipped.map(({ path }) => path), types);
    assertEquals(tree(`${root}/in`), []);
  });
});

test("set-ID and sticky bits are dropped", async () => {
  await withRoot(async (root, extract) => {
    await extract([
      member("f", { mode: 0o7755 }),
      directory("d", { mode: 0o7711 }),
    ]);
    assertEquals(statSync(`${root}/in/f`).mode & 0o7777, 0o755);
    assertEquals(statSync(`${root}/in/d`).mode & 0o7777, 0o711);
  });
});

test("a file and a directory of one name do not replace each other", async () => {
  await withRoot(async (root, extract) => {
    await mkdir(`${root}/in/d/inner`, { recursive: true });
    await writeFile(`${root}/in/f`, "before");
    const { files, bytes, skipped } = await extract([
      member("d", { content: "x" }),
      symbolic("d", "f"),
      directory("f"),
      member("f/x", { content: "x" }),
      directory("g"),
      member("g", { content: "x" }),
      member("h", { content: "x" }),
      member("h/x", { content: "x" }),
    ]);
    assertEquals([files, bytes], [1, 1]);
    assertEquals(skipped.map(({ path, reason }) => [path, reason]), [
      ["g", "a directory has its name"],
      ["h/x", '"h" is not a directory'],
      ["d", "a directory has its name"],
      ["f", '"f" is not a directory'],
      ["f/x", '"f" is not a directory'],
    ]);
    assertEquals(await readFile(`${root}/in/f`, "utf8"), "before");
  });
});

test("of what is skipped only the first entries are listed", async () => {
  await withRoot(async (_root, extract) => {
    const fifos = Array.from(
      { length: 10_001 },
      (_, index) => member(`${index}`, { type: "6" }),
    );
    const many = await extract(fifos);
    assertEquals([many.skipped.length, many.skippedCount], [10_000, 10_001]);
    assertEquals(many.skipped.at(-1)!.path, "9999");
    const path = record("path", "x/".repeat(250_000) + "end");
    const named = [
      member("pax", { type: "x", content: path }),
      member("fifo", { type: "6" }),
    ];
    const long = await extract(Array.from({ length: 10 }, () => named).flat());
    assertEquals([long.skipped.length, long.skippedCount], [8, 10]);
  });
});

test("files are replaced, or with overwrite: false skipped", async () => {
  await withRoot(async (root, extract) => {
    await writeFile(`${root}/in/a`, "before");
    const members = [
      member("a", { content: "after" }),
      member("b", { content: "new" }),
    ];
    const kept = await extract(members, { overwrite: false });
    assertEquals(kept.skipped, [{ path: "a", reason: "it exists" }]);
    assertEquals(await readFile(`${root}/in/a`, "utf8"), "before");
    assertEquals((await extract(members)).files, 2);
    assertEquals(await readFile(`${root}/in/a`, "utf8"), "after");
  });
});

test("devices, FIFOs and sockets of this machine are not replaced", async () => {
  await withRoot(async (root, extract) => {
    execFileSync("mkfifo", [`${root}/in/fifo`]);
    await symlink("fifo", `${root}/in/link`);
    const skipped = [{ path: "fifo", reason: "a fifo has its name" }];
    for (const keepParts of [false, true]) {
      const changed = { ...options, keepParts };
      const result = await extract([member("fifo")], changed);
      assertEquals([result.files, result.skipped], [0, skipped]);
      for (const name of ["fifo", "link"]) {
        const error = await rejection(
          extractFile(
            `${root}/in/${name}`,
            readArchive(streamOf(archiveOf(member("a"))), "copy it"),
            changed,
          ),
          FileTransferError,
        );
        assertEquals(error.reason, "Exists");
      }
    }
    assertEquals(tree(`${root}/in`), ["fifo", "link"]);
    assert((await lstat(`${root}/in/fifo`)).isFIFO());
    assert((await lstat(`${root}/in/link`)).isSymbolicLink());
  });
});

test("a directory that another copy makes meanwhile is merged into", async () => {
  await withRoot(async (root) => {
    const made = `${root}/in/made`;
    async function* entries() {
      yield* readArchive(
        streamOf(archiveOf(directory("."), member("a", { content: "a" }))),
        "copy it",
      );
      await mkdir(made, { mode: 0o750 });
      await writeFile(`${made}/b`, "b");
    }
    assertEquals((await extractInto(made, entries(), options)).files, 1);
    assertEquals(tree(`${root}/in`), ["made", "made/a", "made/b"]);
    assertEquals(statSync(made).mode & 0o777, 0o750);
  });
});

test("symbolic links are skipped, or those outside an error", async () => {
  await withRoot(async (root, extract) => {
    const members = [symbolic("l", "a"), symbolic("out", "../out")];
    const { skipped } = await extract(members, { symlinks: "skip" });
    assertEquals(skipped.map(({ path }) => path), ["l", "out"]);
    const failing = extract(members, { symlinks: "error" });
    const error = await rejection(failing, FileTransferError);
    assertEquals([error.reason, error.path], ["Unsafe", "out"]);
    assertStringIncludes(error.message, "Cannot copy it: ");
    assertEquals(tree(`${root}/in`), []);
  });
});

test("names of one case do not replace each other where case is ignored", async () => {
  await withRoot(async (root, extract) => {
    const members = [
      member("a/File", { content: "1" }),
      member("a/file", { content: "2" }),
      symbolic("LINK", "a"),
      directory("link"),
    ];
    const { skipped } = await extract(members, { ignoresCase: true });
    assertEquals(skipped.map(({ path, reason }) => [path, reason]), [
      ["a/file", 'this file system takes its name for that of "a/File"'],
      ["link", 'this file system takes its name for that of "LINK"'],
    ]);
    assertEquals(tree(`${root}/in`), ["LINK", "a", "a/File"]);
  });
});

test("names of one form of Unicode do not replace each other where forms are ignored", async () => {
  await withRoot(async (root, extract) => {
    const members = [
      member("\u00fc", { content: "1" }),
      member("u\u0308", { content: "2" }),
      member("\u00dc", { content: "3" }),
    ];
    const { skipped } = await extract(members, { ignoresForms: true });
    assertEquals(skipped.map(({ path }) => path), ["u\u0308"]);
    assertEquals(tree(`${root}/in`).length, 2);
  });
});

test("on Windows nothing becomes read-only, which nothing could replace", async () => {
  await withRoot(async (root, extract) => {
    await mkdir(`${root}/in/old`, { mode: 0o500 });
    const members = [
      directory("d", { mode: 0o500 }),
      member("d/f", { content: "1", mode: 0o444 }),
    ];
    for (const keepParts of [false, true]) {
      await extract(members, { windows: true, keepParts });
      for (const name of ["d", "d/f"]) {
        const { mode } = statSync(`${root}/in/${name}`);
        assertEquals(mode & 0o200, 0o200, name);
      }
      assertEquals(statSync(`${root}/in/old`).mode & 0o777, 0o500);
    }
  });
});

test("names that this system cannot have are skipped", async () => {
  await withRoot(async (root, extract) => {
    const long = "n".repeat(300);
    const deep = "d/".repeat(1500) + "f";
    const names = [long, `${long}/f`, deep + "/" + deep, "C:\\x", "nul"];
    const { skipped, files } = await extract(
      names.map((name) => member("x", { type: "L", content: `${name}\0` }))
        .flatMap((name) => [name, member("short", { content: "x" })]),
      { windows: true },
    );
    assertEquals([skipped.length, files], [names.length, 0]);
    assertEquals(tree(`${root}/in`), []);
  });
});

test("an archive that ends early leaves nothing, and what was there", async () => {
  await withRoot(async (root) => {
    const whole = archiveOf(
      directory("d", { mode: 0o500 }),
      member("d/a", { content: "a" }),
      member("d/b", { content: "b".repeat(100_000) }),
    );
    await mkdir(`${root}/in/d`);
    await writeFile(`${root}/in/d/a`, "before");
    for (const name of ["in", "in/new", "in/new/deep"]) {
      const cut = readArchive(streamOf(whole.subarray(0, 50_000)), "copy it");
      const error = await rejection(
        extractInto(`${root}/${name}`, cut, options),
        FileTransferError,
      );
      assertEquals(error.reason, "Incomplete");
      assertEquals(tree(`${root}/in`), ["d", "d/a"]);
    }
    assertEquals(await readFile(`${root}/in/d/a`, "utf8"), "before");
  });
});

test("a body of another size than its entry says is refused", async () => {
  await withRoot(async (root) => {
    for (const size of [2, 4]) {
      const entry: TreeEntry = {
        path: "a",
        type: "file",
        mode: 0o644,
        modified: new Date(),
        linkTarget: null,
        problem: null,
        size,
        body: streamOf(text("abc")),
      };
      const error = await rejection(
        extractInto(`${root}/in`, only(entry), options),
        FileTransferError,
      );
      assertEquals([error.reason, error.path], ["Incomplete", "a"]);
    }
    assertEquals(tree(`${root}/in`), []);
  });
});

async function* only(entry: TreeEntry): AsyncGenerator<TreeEntry> {
  yield await Promise.resolve(entry);
}

test("an abort leaves no part of a file, and cancels the archive", async () => {
  await withRoot(async (root) => {
    const abort = new AbortController();
    const { promise: cancelled, resolve } = Promise.withResolvers<void>();
    let first = true;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (first) controller.enqueue(member("a", { size: 2 ** 40 }));
        else controller.enqueue(new Uint8Array(2 ** 16));
        first = false;
      },
      cancel: () => resolve(),
    });
    const reason = new Error("enough");
    const copying = extractInto(`${root}/in`, readArchive(stream, "copy it"), {
      ...options,
      signal: abort.signal,
      onProgress: ({ bytes }) => bytes > 2 ** 20 && abort.abort(reason),
    });
    assertEquals(await rejection(copying, Error), reason);
    await cancelled;
    assertEquals(tree(`${root}/in`), []);
  });
});

test("progress counts bytes and files", async () => {
  await withRoot(async (_root, extract) => {
    const seen: unknown[] = [];
    await extract([
      member("a", { content: "x".repeat(100_000) }),
      member("b", { content: "yy" }),
    ], { onProgress: (progress) => seen.push(progress) });
    assertEquals(seen.slice(-2), [
      { path: "a", bytes: 100_000, total: null, files: 1 },
      { path: "b", bytes: 100_002, total: null, files: 2 },
    ]);
    assert(seen.length > 2);
  });
});

test("a directory that is a file, or cannot be made, is refused", async () => {
  await withTempFolder(async ({ path }) => {
    await writeFile(`${path}/file`, "");
    const into = (directory: string) =>
      rejection(
        extractInto(
          directory,
          readArchive(streamOf(archiveOf()), "copy it"),
          options,
        ),
        FileTransferError,
      );
    assertEquals((await into(`${path}/file`)).reason, "NotDirectory");
    assertEquals((await into(`${path}/file/a`)).reason, "NotDirectory");
  });
});

test("a directory that is new appears as a whole, with its mode and time", async () => {
  await withRoot(async (root) => {
    const bytes = archiveOf(
      directory("./", { mode: 0o2750 }),
      directory("d", { mode: 0o555 }),
      member("d/a", { content: "a" }),
    );
    const seen: string[] = [];
    await extractInto(
      `${root}/in/new`,
      readArchive(streamOf(bytes), "copy it"),
      { ...options, onProgress: () => seen.push(...tree(`${root}/in`)) },
    );
    assert(seen.length > 0 && !seen.includes("new"));
    assertEquals(tree(`${root}/in`), ["new", "new/d", "new/d/a"]);
    const { mode, mtimeMs } = statSync(`${root}/in/new`);
    assertEquals([mode & 0o7777, mtimeMs], [0o750, 1_600_000_000_000]);
    assertEquals(statSync(`${root}/in/new/d`).mode & 0o7777, 0o555);
    await chmod(`${root}/in/new/d`, 0o755);
  });
});

test("a directory that exists keeps its mode", async () => {
  await withRoot(async (root, extract) => {
    await mkdir(`${root}/in/d`, { mode: 0o711 });
    await extract([
      directory("./", { mode: 0o700 }),
      directory("d", { mode: 0o700 }),
      member("d/a", { content: "a" }),
    ]);
    assertEquals(statSync(`${root}/in/d`).mode & 0o7777, 0o711);
    assertEquals(tree(`${root}/in`), ["d", "d/a"]);
  });
});

test("what is behind a user's link keeps its mode and time", async () => {
  await withRoot(async (root, extract) => {
    await mkdir(`${root}/out/d`, { mode: 0o711 });
    await symlink("../out/d", `${root}/in/d`);
    await extract([directory("d", { mode: 0o700 })]);
    assertEquals(statSync(`${root}/out/d`).mode & 0o7777, 0o711);
    await rm(`${root}/out/d`, { recursive: true });
  });
});

test("with keepParts files stay, and the part of one that broke off", async () => {
  await withRoot(async (root) => {
    const whole = archiveOf(
      directory("d", { mode: 0o500 }),
      member("d/a", { content: "a" }),
      member("d/b", { content: "b".repeat(100_000) }),
    );
    const keeping = { ...options, keepParts: true };
    const cut = readArchive(streamOf(whole.subarray(0, 50_000)), "copy it");
    await rejection(
      extractInto(`${root}/in`, cut, keeping),
      FileTransferError,
    );
    const [, part, file] = tree(`${root}/in`);
    assertMatch(
      part!,
      /^d\/\.podwire-[0-9a-f]{16}-100000-1600000000-[0-9a-z]+\.part$/,
    );
    assertEquals(file, "d/a");
    const { size } = statSync(`${root}/in/${part}`);
    const copy = new LocalCopy(`${root}/in`);
    const state = { size: 100_000, modified: 1_600_000_000 };
    const found = { file: `${root}/in/${part}`, size };
    assertEquals(copy.find("d/b", state), found);
    const there = { size: 1, modified: 1_600_000_000 };
    assertEquals(copy.find("d/a", there), "all");
    for (const other of [{ ...there, size: 2 }, { ...there, modified: 1 }]) {
      assertEquals(copy.find("d/a", other), null);
    }
    // A part of the file in another state is of no use.
    const changed = { ...state, modified: 1_600_000_001 };
    assertEquals(copy.find("d/b", changed), null);
    assertEquals(tree(`${root}/in`), ["d", "d/a"]);
    await extractInto(
      `${root}/in`,
      readArchive(streamOf(whole), "copy it"),
      keeping,
    );
    assertEquals(tree(`${root}/in`), ["d", "d/a", "d/b"]);
    assertEquals(statSync(`${root}/in/d`).mode & 0o7777, 0o500);
    await chmod(`${root}/in/d`, 0o755);
  });
});

test("with keepParts, two copies at once have parts of their own", async () => {
  await withRoot(async (root) => {
    const copying: Promise<unknown>[] = [];
    const bodies = ["a", "b"].map((letter) => {
      const { readable, writable } = new TransformStream<Uint8Array>();
      const entry = {
        ...{ path: "f", type: "file", size: 2, mode: 0o644, linkTarget: null },
        ...{ modified: new Date(1_600_000_000_000), problem: null },
        body: readable,
      } as TreeEntry;
      const keeping = { ...options, keepParts: true };
      copying.push(extractInto(`${root}/in`, entriesOf(entry), keeping));
      return { letter, writer: writable.getWriter() };
    });
    for (const { letter, writer } of bodies) await writer.write(text(letter));
    for (const [index, { letter, writer }] of bodies.entries()) {
      await writer.write(text(letter));
      await writer.close();
      await copying[index];
      assertEquals(await readFile(`${root}/in/f`, "utf8"), letter + letter);
    }
    assertEquals(tree(`${root}/in`), ["f"]);
  });
});

test("a part that another copy has taken is told", async () => {
  await withRoot(async (root) => {
    const begun = { file: `${root}/in/gone`, size: 1 };
    const entry = {
      ...{ path: "f", type: "file", size: 2, mode: 0o644, linkTarget: null },
      ...{ modified: new Date(0), problem: null, body: null, begun },
    } as TreeEntry;
    const copying = extractInto(`${root}/in`, entriesOf(entry), {
      ...{ ...options, keepParts: true },
    });
    const error = await rejection(copying, FileTransferError);
    assertEquals([error.reason, error.path], ["Changed", "f"]);
  });
});

async function* entriesOf(
  ...entries: TreeEntry[]
): AsyncGenerator<TreeEntry, void> {
  for (const entry of entries) yield await Promise.resolve(entry);
}

test("an archive is extracted over its own copy", async () => {
  await withRoot(async (root, extract) => {
    const members = [
      directory("d", { mode: 0o700 }),
      member("d/a", { content: "a", mode: 0o400 }),
      symbolic("s", "d/a"),
      hard("h", "d/a"),
    ];
    await extract(members);
    const { files, skipped } = await extract(members);
    assertEquals([files, skipped], [1, []]);
    assertEquals(tree(`${root}/in`), ["d", "d/a", "h", "s"]);
    await chmod(`${root}/in/d/a`, 0o600);
  });
});
