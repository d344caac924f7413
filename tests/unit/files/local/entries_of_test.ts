import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { execFileSync } from "node:child_process";
import {
  appendFile,
  chmod,
  mkdir,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { FileTransferError } from "../../../../src/errors.ts";
import {
  entriesOf,
  type EntriesOptions,
  identityOf,
  sizeOfTree,
} from "../../../../src/files/local/entries_of.ts";
import { LocalFile } from "../../../../src/files/local/local_file.ts";
import type { TreeSource } from "../../../../src/files/tree_entry.ts";
import { isModernDeno } from "../../../../src/platform/runtime.ts";
import { runtime, test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { withTempFolder } from "../../../support/temp_folder.ts";

const action = "copy it";
const isOldDeno = runtime === "deno" && !isModernDeno();

interface Listed {
  readonly entries: readonly [string, string, unknown][];
  readonly skipped: readonly [string, string][];
}

/** Entries with the text of their content, or their target. */
async function list(
  directory: string,
  options: Partial<EntriesOptions> = {},
): Promise<Listed> {
  const entries: [string, string, unknown][] = [];
  const skipped: [string, string][] = [];
  const onSkip: EntriesOptions["onSkip"] = ({ path, reason }) =>
    skipped.push([path, reason]);
  const all = entriesOf(directory, { action, onSkip, ...options });
  for await (const { path, type, body, size, linkTarget } of all) {
    const content = type === "file"
      ? await new Response(body as BodyInit).text()
      : linkTarget ?? null;
    if (type === "file") assertEquals(content!.length, size);
    entries.push([path, type!, content]);
  }
  return { entries, skipped };
}

test("a directory is listed with its files and links", async () => {
  await withTempFolder(async ({ path }) => {
    await mkdir(`${path}/d/empty`, { recursive: true });
    await writeFile(`${path}/d/b`, "bb");
    await writeFile(`${path}/a`, "a");
    await writeFile(`${path}/large`, "x".repeat(1_000_000));
    await writeFile(`${path}/-new\nline`, "");
    await symlink("../a", `${path}/d/link`);
    await chmod(`${path}/a`, 0o4711);
    const { entries, skipped } = await list(path);
    assertEquals(entries, [
      [".", "directory", null],
      ["-new\nline", "file", ""],
      ["a", "file", "a"],
      ["d", "directory", null],
      ["d/b", "file", "bb"],
      ["d/empty", "directory", null],
      ["d/link", "symlink", "../a"],
      ["large", "file", "x".repeat(1_000_000)],
    ]);
    assertEquals(skipped, []);
    assertEquals(sizeOfTree(path, { action }), { files: 4, bytes: 1_000_003 });
  });
});

test("modes and times come along, set-ID bits do not", async () => {
  await withTempFolder(async ({ path }) => {
    const time = new Date("2021-02-03T04:05:06Z");
    await writeFile(`${path}/a`, "a");
    await chmod(`${path}/a`, 0o6755);
    await utimes(`${path}/a`, time, time);
    const found: TreeSource[] = [];
    for await (const entry of entriesOf(path, { action })) found.push(entry);
    assertEquals([found[1]!.mode, found[1]!.modified], [0o755, time]);
  });
});

test("one file is listed as the tree itself", async () => {
  await withTempFolder(async ({ path }) => {
    await writeFile(`${path}/a`, "content");
    await symlink("a", `${path}/link`);
    for (const name of ["a", "link"]) {
      const { entries } = await list(`${path}/${name}`);
      assertEquals(entries, [[".", "file", "content"]]);
    }
  });
});

test("links that lead out are skipped, refused or followed", async () => {
  await withTempFolder(async ({ path }) => {
    await mkdir(`${path}/in`);
    await mkdir(`${path}/out`);
    await writeFile(`${path}/out/secret`, "secret");
    await symlink("../out", `${path}/in/directory`);
    await symlink(`${path}/out/secret`, `${path}/in/file`);
    await symlink("nothing", `${path}/in/dangling`);
    await symlink(".", `${path}/in/self`);
    await symlink("loop", `${path}/in/loop`);
    const kept = await list(`${path}/in`);
    assertEquals(kept.entries.map(([path]) => path), [
      ...[".", "dangling", "loop", "self"],
    ]);
    assertEquals(kept.skipped.map(([path]) => path), ["directory", "file"]);
    const none = await list(`${path}/in`, { symlinks: "skip" });
    assertEquals([none.entries.length, none.skipped.length], [1, 5]);
    const refused = list(`${path}/in`, { symlinks: "error" });
    const error = await rejection(refused, FileTransferError);
    assertEquals(error.reason, "Unsafe");
    const followed = await list(`${path}/in`, { symlinks: "follow" });
    assertEquals(followed.entries, [
      [".", "directory", null],
      ["directory", "directory", null],
      ["directory/secret", "file", "secret"],
      ["file", "file", "secret"],
      ["self", "directory", null],
    ]);
    assertEquals(followed.skipped.map(([path]) => path), [
      ...["dangling", "loop", "self"],
    ]);
  });
});

test("fifos and sockets are skipped, and never opened", async () => {
  await withTempFolder(async ({ path }) => {
    execFileSync("mkfifo", [`${path}/fifo`]);
    const server = createServer();
    await new Promise<void>((resolve) =>
      server.listen(`${path}/socket`, () => resolve())
    );
    const { entries, skipped } = await list(path);
    await new Promise((resolve) => server.close(resolve));
    assertEquals(entries.length, 1);
    assertEquals(skipped, [
      ["fifo", "a fifo, which is neither file nor link"],
      ["socket", "a socket, which is neither file nor link"],
    ]);
  });
});

test("a fifo by itself is refused, as there is nothing to copy", async () => {
  await withTempFolder(async ({ path }) => {
    execFileSync("mkfifo", [`${path}/fifo`]);
    const error = await rejection(list(`${path}/fifo`), FileTransferError);
    assertEquals([error.reason, error.path], ["Unsafe", `${path}/fifo`]);
  });
});

test("a name that is not UTF-8 is skipped", async () => {
  await withTempFolder(async ({ path }) => {
    execFileSync("sh", [
      "-c",
      `printf x > "$1"/"$(printf '\\377')"`,
      "sh",
      path,
    ]);
    const { entries, skipped } = await list(path);
    assertEquals(entries.length, 1);
    // Deno 2.5 does not list it.
    if (isOldDeno) return assertEquals(skipped, []);
    assertEquals(skipped, [["\ufffd", "a name that is not UTF-8"]]);
  });
});

test("a file that changes while it is read is refused", async () => {
  await withTempFolder(async ({ path }) => {
    const file = `${path}/a`;
    const changes: [string, () => Promise<void>][] = [
      ["more", () => appendFile(file, "x")],
      ["fewer", () => truncate(file, 500_000)],
      ["others", () => utimes(file, new Date(), new Date(1))],
    ];
    for (const [what, change] of changes) {
      await writeFile(file, new Uint8Array(1_000_000));
      const error = await rejection(
        readWhile(path, change),
        FileTransferError,
      );
      assertEquals(error.reason, "Changed", what);
      assertStringIncludes(error.message, 'Cannot copy it: "a" changed');
    }
  });
});

/** Changes a file after its first part. */
async function readWhile(
  path: string,
  change: () => Promise<void>,
): Promise<void> {
  for await (const { body } of entriesOf(path, { action })) {
    if (!(body instanceof ReadableStream)) continue;
    const reader = body.getReader();
    await reader.read();
    await change();
    while (!(await reader.read()).done);
  }
}

test("what cannot be found is told", async () => {
  await withTempFolder(async ({ path }) => {
    const error = await rejection(list(`${path}/no`), FileTransferError);
    assertEquals(error.reason, "NotFound");
    assertEquals(error.path, `${path}/no`);
    assert(error.cause instanceof Error);
  });
});

test("leaving the loop closes the file", async () => {
  await withTempFolder(async ({ path }) => {
    await writeFile(`${path}/a`, new Uint8Array(1_000_000));
    let body: TreeSource["body"];
    for await (const entry of entriesOf(path, { action })) {
      if (entry.type !== "file") continue;
      body = entry.body;
      await (body as ReadableStream).getReader().read();
      break;
    }
    assert(body instanceof ReadableStream);
  });
});

test("from Windows, which has no modes, a directory that can be entered", async () => {
  await withTempFolder(async ({ path }) => {
    await mkdir(`${path}/d`);
    await writeFile(`${path}/d/f`, "x");
    await chmod(`${path}/d/f`, 0o444);
    const modes: (number | undefined)[] = [];
    for await (const { mode } of entriesOf(path, { action, windows: true })) {
      modes.push(mode);
    }
    assertEquals(modes, [0o755, 0o755, 0o644]);
  });
});

test("a directory whose name ends in a backslash is not another one", async () => {
  await withTempFolder(async ({ path }) => {
    await mkdir(`${path}/a\\`);
    await writeFile(`${path}/a\\/f`, "1");
    await mkdir(`${path}/b`);
    await writeFile(`${path}/b/f`, "2");
    const of = async (directory: string, windows: boolean) =>
      (await list(`${path}/${directory}`, { windows })).entries.at(-1);
    assertEquals(await of("a\\", false), ["f", "file", "1"]);
    assertEquals(await of("b/", true), ["f", "file", "2"]);
  });
});

test("a link is not followed where the system has no flag for that", async () => {
  await withTempFolder(async ({ path }) => {
    await writeFile(`${path}/f`, "secret");
    await symlink("f", `${path}/link`);
    const open = (name: string, follow: boolean) =>
      LocalFile.open(`${path}/${name}`, name, action, follow, 0).close();
    open("f", false);
    open("link", true);
    const error = assertThrows(() => open("link", false), FileTransferError);
    assertEquals(error.reason, "Unsafe");
  });
});

test("directories on Windows are told apart by their paths, which links share", async () => {
  const path = (name: string) => () => `C:\\${name}`;
  const large = { dev: 1, ino: 2 ** 60 };
  const other = { dev: 1, ino: 2 ** 60 + 1 };
  assertEquals(identityOf(large, path("a"), true), "C:\\a");
  assertEquals(identityOf(other, path("b"), true), "C:\\b");
  assertEquals(
    identityOf(large, path("a"), false),
    identityOf(other, path("b"), false),
  );
  await withTempFolder(async ({ path }) => {
    await mkdir(`${path}/a/b`, { recursive: true });
    await symlink("..", `${path}/a/b/up`);
    const options = { symlinks: "follow", windows: true } as const;
    const { entries, skipped } = await list(path, options);
    assertEquals(entries.map(([name]) => name), [".", "a", "a/b", "a/b/up"]);
    assertEquals(skipped, [["a/b/up", "a link to a directory around it"]]);
  });
});
