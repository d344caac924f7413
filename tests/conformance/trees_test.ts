// readTree and writeTree, on containers with tar.
import { assert, assertEquals } from "@std/assert";
import {
  mkdir,
  readdir,
  symlink,
  writeFile as writeLocal,
} from "node:fs/promises";
import { join } from "node:path";
import { FileTransferError } from "../../mod.ts";
import { readTree, type TreeSource, writeTree } from "../../src/files/mod.ts";
import { rejection } from "../support/async.ts";
import {
  bytesOf,
  filled,
  pattern,
  sameBytes,
  streamOf,
  textOf,
} from "../support/bytes.ts";
import { cleaned, fileCase, ODD_NAMES } from "./folders.ts";
import {
  ALL_PROGRAMS,
  findProgram,
  link,
  oddCase,
  type OddContainer,
  replaced,
  systemPath,
} from "./odd_containers.ts";

const WHEN = new Date("2020-02-03T04:05:06Z");

/** What `readTree` gives, with the text of each file. */
async function treeOf(
  entries: ReturnType<typeof readTree>,
): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  for await (const { path, type, mode, body, linkTarget } of entries) {
    const content = body === null ? linkTarget ?? "" : await textOf(body);
    tree[path] = `${type} ${mode.toString(8)} ${content}`;
  }
  return tree;
}

fileCase(
  "what writeTree writes, readTree reads: names, links, modes, times",
  async ({ pods }, { pod, path, names, sh }) => {
    const bytes = pattern(3_000_000);
    const sources: TreeSource[] = [
      { path: ".", type: "directory", mode: 0o711, modified: WHEN },
      { path: "empty", type: "directory", mode: 0o751, modified: WHEN },
      { path: "a/b/c", body: "deep", mode: 0o600, modified: WHEN },
      { path: "link", type: "symlink", linkTarget: "../nowhere else" },
      { path: "hard", type: "link", linkTarget: "a/b/c" },
      { path: "big", body: streamOf([bytes]), size: bytes.byteLength },
      { path: "blob", body: new Blob(["blob"]), mode: 0o755 },
      ...ODD_NAMES.map((name) => ({ path: `odd/${name}`, body: name })),
    ];
    await writeTree(pods, pod, `${path}/new`, sources);
    assertEquals(await names(), "new\n");
    assertEquals(
      await sh("cat new/a/b/c; stat -c '%a %Y' new/a/b/c new"),
      ["600", "711"].map((mode) => `${mode} ${WHEN.getTime() / 1000}\n`)
        .join("").replace(/^/, "deep"),
    );
    assertEquals(await sh("readlink new/link"), "../nowhere else\n");
    const found = new Map<string, string>();
    for await (const entry of readTree(pods, pod, `${path}/new`)) {
      const { path: name, type, mode, modified, body } = entry;
      if (name === "big") {
        assert(sameBytes(await bytesOf(body!), bytes));
        continue;
      }
      const text = body === null ? entry.linkTarget : await textOf(body);
      found.set(name, `${type} ${text}`);
      if (name === "empty") assertEquals([mode, modified], [0o751, WHEN]);
      if (name === "blob") assertEquals(mode, 0o755);
    }
    assertEquals(found.get("."), "directory null");
    assertEquals(found.get("link"), "symlink ../nowhere else");
    for (const name of ODD_NAMES) {
      assertEquals(found.get(`odd/${name}`), `file ${name}`);
    }
    // The one that tar meets first is the file.
    const linked = [found.get("a/b/c"), found.get("hard")].join();
    const orders = ["file deep,link a/b/c", "link hard,file deep"];
    assert(orders.includes(linked), linked);
  },
);

fileCase(
  "writeTree merges with a directory, whole files only, following no link",
  async ({ pods }, { pod, path, sh }) => {
    await sh(`mkdir -p tree/sub/kept outside; chmod 700 tree/sub
echo old >tree/replaced; echo old >tree/sub/kept/file; ln -s ../outside tree/link`);
    await writeTree(pods, pod, `${path}/tree/`, [
      { path: "replaced", body: "new" },
      { path: "sub", type: "directory", mode: 0o777 },
      { path: "sub/kept/more", body: "more" },
      { path: "sub/.new/file", body: "hidden" },
      { path: "link", body: "no link" },
    ]);
    assertEquals(
      await sh("cat tree/replaced tree/sub/kept/* tree/sub/.new/* tree/link"),
      "newold\nmorehiddenno link",
    );
    assertEquals(
      await sh("ls -A tree outside; stat -c %a tree/sub"),
      [
        ...["outside:", "", "tree:", "link", "replaced", "sub", "700", ""],
      ].join("\n"),
    );
  },
);

fileCase(
  "writeTree changes nothing if something is in the way, and says what",
  async ({ pods }, { pod, path, sh }) => {
    await sh(
      "mkdir -p tree/dir outside; echo >tree/file; ln -s ../outside tree/link; " +
        "mkfifo tree/fifo",
    );
    const before = await sh("ls -AR");
    const cases: [string, TreeSource, string][] = [
      ["tree", { path: "dir", body: "" }, "IsDirectory"],
      ["tree", { path: "file/x", body: "" }, "Exists"],
      ["tree", { path: "link/x", body: "" }, "Exists"],
      ["tree", { path: "fifo", body: "" }, "Exists"],
      ["tree/file", { path: "x", body: "" }, "NotDirectory"],
      ["none/tree", { path: "x", body: "" }, "NotFound"],
      ["tree", { path: "../x", body: "" }, "Unsafe"],
    ];
    for (const [name, source, reason] of cases) {
      const entries = [{ path: "a", body: "a" }, source];
      const writing = writeTree(pods, pod, `${path}/${name}`, entries);
      const error = await rejection(writing, FileTransferError);
      assertEquals([source.path, error.reason], [source.path, reason]);
      assert(error.message.startsWith("Cannot write tree "), error.message);
    }
    await cleaned(() => sh("ls -AR"), before);
  },
);

fileCase(
  "entries that fail, and an abort, leave nothing",
  async ({ pods }, { pod, path, names, sh }) => {
    await sh("mkdir old; echo old >old/file");
    const reason = new Error("the disk broke");
    async function* failing(): AsyncGenerator<TreeSource> {
      yield { path: "file", body: "new" };
      await Promise.resolve();
      throw reason;
    }
    const abort = new AbortController();
    async function* aborting(): AsyncGenerator<TreeSource> {
      for (let i = 0;; i++) {
        if (i === 20) abort.abort(reason);
        yield { path: `file${i}`, body: pattern(100_000) };
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    for (const name of ["old", "new"]) {
      const tree = `${path}/${name}`;
      const failed = writeTree(pods, pod, tree, failing());
      const error = await rejection(failed, FileTransferError);
      assertEquals([error.reason, error.cause], ["Incomplete", reason]);
    }
    const { signal } = abort;
    const aborted = writeTree(pods, pod, `${path}/new`, aborting(), { signal });
    assertEquals(await rejection(aborted), reason);
    await cleaned(names, "old\n");
    await cleaned(() => sh("ls -A old; cat old/file"), "file\nold\n");
  },
);

fileCase(
  "readTree of a file is one entry, of nothing an error; leaving it ends it",
  async ({ pods }, { pod, path, sh }) => {
    await sh('printf one >"./-f 1"; ln -s -- "-f 1" link; chmod 640 "./-f 1"');
    const one = await treeOf(readTree(pods, pod, `${path}/-f 1`));
    assertEquals(one, { "-f 1": "file 640 one" });
    const link = await treeOf(readTree(pods, pod, `${path}/link`));
    assertEquals(link, { link: "file 640 one" });
    const none = readTree(pods, pod, `${path}/none`).next();
    const error = await rejection(none, FileTransferError);
    assertEquals([error.reason, error.path], ["NotFound", `${path}/none`]);
    await sh("for i in 1 2 3; do head -c 3000000 /dev/zero >big$i; done");
    for await (const { type } of readTree(pods, pod, path)) {
      if (type === "file") break;
    }
  },
);

fileCase(
  "progress counts files and their bytes, and ends with the total",
  async ({ pods }, { pod, path }) => {
    const told: string[] = [];
    await writeTree(pods, pod, `${path}/tree`, [
      { path: "a", body: "four" },
      { path: "dir", type: "directory" },
      { path: "b", body: streamOf([pattern(300_000)]), size: 300_000 },
    ], {
      onProgress: ({ path, bytes, total, files }) =>
        told.push(`${path} ${bytes} ${total} ${files}`),
    });
    assertEquals(told.at(-1), "b 300004 300004 2");
    assert(told.length > 1);
  },
);

fileCase(
  "writeTree heeds a file that another process changes before the end",
  async ({ pods }, { pod, path, names, sh }) => {
    async function* entries(): AsyncGenerator<TreeSource> {
      yield { path: "victim", body: "as it was sent" };
      // So that tar has unpacked the one before.
      yield { path: "filler", body: filled(3_000_000) };
      await sh(
        `until grep -q sent .podwire-*/.podwire-*/victim; do sleep 0.1; done
for f in .podwire-*/.podwire-*/victim; do echo changed >"$f"; done`,
      );
      yield { path: "last", body: "last" };
    }
    const writing = writeTree(pods, pod, `${path}/new`, entries());
    const error = await rejection(writing, FileTransferError);
    assertEquals(error.reason, "Incomplete");
    assert(error.message.includes("victim has another SHA-256"), error.message);
    await cleaned(names, "");
  },
);

const TAR_TOOLS = [...ALL_PROGRAMS, "mkdir", "xargs", "rmdir"];

/** Writes a tree into a new directory and an old one, and reads both. */
async function checkTrees({ pods, name, path }: OddContainer): Promise<void> {
  await mkdir(`${path}/old/sub`, { recursive: true });
  await writeLocal(`${path}/old/sub/kept`, "kept");
  for (const tree of ["old", "new"]) {
    await writeTree(pods, name, `${path}/${tree}`, [
      { path: "x".repeat(200), body: "long" },
      { path: "sub/a b", body: "nested", mode: 0o600 },
      { path: "sub/link", type: "symlink", linkTarget: "a b" },
      { path: "zero", body: "" },
      { path: "two\nlines\\", body: "odd" },
      { path: "twice", body: "old" },
      { path: "file", body: "file" },
      { path: "hard", body: "file" },
      { path: "again/twice", body: "old" },
      { path: "again/twice", body: "new" },
      { path: "twice", body: "new" },
      { path: "hard", type: "link", linkTarget: "twice" },
      { path: "file", type: "symlink", linkTarget: "zero" },
      { path: "closed", type: "directory", mode: 0o500 },
      { path: "closed/unreadable", body: "hidden", mode: 0o200 },
    ]);
    const read = await treeOf(readTree(pods, name, `${path}/${tree}`));
    assertEquals(read["x".repeat(200)], "file 644 long");
    assertEquals(read["sub/a b"], "file 600 nested");
    assertEquals(read["sub/link"], "symlink 777 a b");
    assertEquals(read["zero"], "file 644 ");
    assertEquals(read["two\nlines\\"], "file 644 odd");
    assertEquals(read["again/twice"], "file 644 new");
    assertEquals(read["file"], "symlink 777 zero");
    assertEquals(read["closed"], "directory 500 ");
    assertEquals(
      read["sub/kept"],
      tree === "old" ? "file 644 kept" : undefined,
    );
  }
}

const busybox = findProgram("busybox");
const bsdtar = findProgram("bsdtar");

oddCase(
  "trees by busybox",
  async ({ path }) => {
    for (const program of [...TAR_TOOLS, "tar"]) {
      await symlink(busybox!, join(path, program));
    }
  },
  checkTrees,
  { skip: busybox ? undefined : "this machine has no busybox" },
);

oddCase(
  "trees by bsdtar",
  async (programs) => {
    await link(programs, ...TAR_TOOLS);
    await symlink(bsdtar!, join(programs.path, "tar"));
  },
  checkTrees,
  { skip: bsdtar ? undefined : "this machine has no bsdtar" },
);

oddCase(
  "trees without sha256sum",
  (programs) =>
    link(
      programs,
      ...TAR_TOOLS.filter((name) => name !== "sha256sum"),
      "tar",
    ),
  checkTrees,
);

oddCase(
  "trees by a sha256sum that compares nothing itself",
  async (programs) => {
    const program = systemPath("sha256sum");
    await replaced({
      sha256sum: `[ "$1" != -c ] || exit 1; exec ${program} "$@"`,
    })(programs);
    await link(programs, "mkdir", "xargs", "rmdir", "tar");
  },
  checkTrees,
);

oddCase(
  "without tar a file is a tree all the same, a directory is Unavailable",
  (programs) => link(programs, ...TAR_TOOLS),
  async ({ pods, name, path, names }) => {
    await writeLocal(`${path}/file`, "by cat");
    const one = await treeOf(readTree(pods, name, `${path}/file`));
    assertEquals(one, { file: "file 644 by cat" });
    const transfers = [
      () => readTree(pods, name, path).next(),
      () => writeTree(pods, name, path, [{ path: "x" }]),
    ];
    for (const transfer of transfers) {
      const error = await rejection(transfer(), FileTransferError);
      assertEquals(error.reason, "Unavailable");
      assert(error.message.includes("tar"), error.message);
    }
    assertEquals(await names(), ["file"]);
  },
);

const TAR = systemPath("tar");

const READING: Readonly<Record<string, [script: string, reason: string]>> = {
  "a file changes": [
    `${TAR} "$@"; echo "tar: ./f: file changed as we read it" >&2; exit 1`,
    "Changed",
  ],
  "a file has gone": [
    `${TAR} "$@"; echo "tar: ./g: Cannot stat: No such file or directory" >&2
exit 2`,
    "Changed",
  ],
  "a file may not be read": [
    `${TAR} "$@"; echo "tar: ./f: Cannot open: Permission denied" >&2; exit 2`,
    "Denied",
  ],
  "tar is killed": [`kill -9 $$`, "Incomplete"],
  "all is killed": [`kill -9 0`, "Incomplete"],
  "the archive is cut off": [`${TAR} "$@" | head -c 700`, "Incomplete"],
  "it is not an archive": ["echo hello", "Incomplete"],
};

for (const [what, [script, reason]] of Object.entries(READING)) {
  oddCase(
    `readTree ends with ${reason} if ${what}, after what could be read`,
    async (programs) => {
      await replaced({ tar: script })(programs);
      await link(programs, "head");
    },
    async ({ pods, name, path }) => {
      await writeLocal(`${path}/f`, "content");
      const reading = treeOf(readTree(pods, name, path));
      assertEquals(
        (await rejection(reading, FileTransferError)).reason,
        reason,
      );
    },
  );
}

const DAMAGES: Readonly<Record<string, string>> = {
  "changes a byte":
    'printf X | dd of="$1" bs=1 seek=3 conv=notrunc 2>/dev/null',
  "loses a file": 'rm "$1"',
};

for (const [what, script] of Object.entries(DAMAGES)) {
  oddCase(
    `writeTree names the file in which tar ${what}, and leaves nothing`,
    async (programs) => {
      const tar =
        `${TAR} "$@" && find "$4" -type f -name "*victim" -exec sh -c '
${script}' sh {} ";"`;
      await replaced({ tar })(programs);
      await link(programs, "find", "mkdir", "xargs", "rmdir", "head");
    },
    async ({ pods, name, path, names }) => {
      const victims: TreeSource[] = [
        { path: "victim", body: "x".repeat(2000) },
        { path: "a/two\nlines, victim", body: "short" },
        { path: "a/large victim", body: filled(17 * 1024 * 1024) },
      ];
      for (const victim of victims) {
        const others = ["file", "li\nne"].map((path) => ({ path, body: "a" }));
        const entries = [victim, ...others];
        const writing = writeTree(pods, name, `${path}/new`, entries);
        const { reason, message } = await rejection(writing, FileTransferError);
        assertEquals(reason, "Incomplete", message);
        const shown = victim.path.replace("\n", "\\n");
        assert(message.includes(`${shown} has another SHA-256`), message);
      }
      assertEquals(await names(), []);
    },
  );
}

const WRITING: Readonly<Record<string, [script: string, reason: string]>> = {
  "the disk is full": [
    `echo "tar: f: Cannot write: No space left on device" >&2; exit 2`,
    "NoSpace",
  ],
  "tar fails at its end": [`${TAR} "$@"; exit 1`, "Incomplete"],
  "tar is killed": ["kill -9 $$", "Incomplete"],
  "the shell is killed with all": ["kill -9 0", "Incomplete"],
  "tar loses the end": [`head -c 1024 | ${TAR} "$@"`, "Incomplete"],
};

for (const [what, [script, reason]] of Object.entries(WRITING)) {
  oddCase(
    `writeTree ends with ${reason} if ${what}, and leaves nothing`,
    async (programs) => {
      await replaced({ tar: script })(programs);
      await link(programs, "head", "mkdir", "xargs", "rmdir");
    },
    async ({ pods, name, path, names }) => {
      await mkdir(`${path}/old`);
      for (const tree of ["old", "new"]) {
        const entries = [{ path: "f", body: "x".repeat(2_000_000) }];
        const writing = writeTree(pods, name, `${path}/${tree}`, entries);
        const error = await rejection(writing, FileTransferError);
        assertEquals(error.reason, reason, error.message);
      }
      assertEquals(await names(), ["old"]);
      assertEquals(await readdir(`${path}/old`), []);
    },
  );
}
