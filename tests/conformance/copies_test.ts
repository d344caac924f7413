// copyFrom and copyTo, between containers and directories of this machine.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  appendFileSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
} from "node:fs";
import {
  chmod,
  mkdir,
  readFile,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { FileTransferError } from "../../mod.ts";
import {
  copyFrom,
  copyTo,
  type TransferProgress,
} from "../../src/files/mod.ts";
import { rejection } from "../support/async.ts";
import { pattern, sameBytes, sha256 } from "../support/bytes.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import { archiveOf, member } from "../unit/files/archive/archives.ts";
import { embeddedCase } from "./fixture.ts";
import { cleaned, fileCase, ODD_NAMES } from "./folders.ts";
import {
  ALL_PROGRAMS,
  findProgram,
  link,
  oddCase,
  replaced,
  systemPath,
} from "./odd_containers.ts";

const WHEN = new Date("2020-02-03T04:05:06Z");

/** Paths with modes and contents; links not followed. */
function treeOf(directory: string, below = ""): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const name of readdirSync(directory).sort()) {
    const path = `${directory}/${name}`;
    const stats = lstatSync(path);
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) tree[below + name] = `-> ${readlinkSync(path)}`;
    else if (stats.isDirectory()) {
      tree[below + name] = `${mode} directory`;
      Object.assign(tree, treeOf(path, `${below}${name}/`));
    } else tree[below + name] = `${mode} ${readFileSync(path, "utf8")}`;
  }
  return tree;
}

/** A directory of this machine with all that a copy keeps. */
async function makeTree(directory: string): Promise<void> {
  await mkdir(`${directory}/d/empty`, { recursive: true });
  await writeFile(`${directory}/d/deep`, "deep", { mode: 0o640 });
  await writeFile(`${directory}/start`, "#!/bin/sh\n");
  await writeFile(`${directory}/nothing`, "");
  for (const name of ODD_NAMES) await writeFile(`${directory}/${name}`, name);
  await symlink("../start", `${directory}/d/link`);
  await chmod(`${directory}/start`, 0o755);
  await chmod(`${directory}/d`, 0o750);
  await utimes(`${directory}/start`, WHEN, WHEN);
  await utimes(`${directory}/d`, WHEN, WHEN);
}

fileCase(
  "a directory is copied there and back: names, links, modes, times",
  async ({ pods }, { pod, path, sh }) => {
    await withTempFolder(async ({ path: here }) => {
      await makeTree(`${here}/one`);
      const seen: TransferProgress[] = [];
      const onProgress = (progress: TransferProgress) => seen.push(progress);
      const files = 3 + ODD_NAMES.length;
      const sent = await copyTo(pods, pod, `${here}/one`, `${path}/new`, {
        onProgress,
      });
      assertEquals([sent.files, sent.skipped], [files, []]);
      assertEquals(seen.at(-1)!.files, files);
      assertEquals(seen.at(-1)!.bytes, sent.bytes);
      assert(seen.every(({ total }) => total === sent.bytes));
      assertEquals(
        await sh("cat new/d/link; ls new/d"),
        [
          ...["#!/bin/sh", "deep", "empty", "link", ""],
        ].join("\n"),
      );
      seen.length = 0;
      const got = await copyFrom(pods, pod, `${path}/new`, `${here}/two`, {
        onProgress,
      });
      assertEquals(got, sent);
      assertEquals(seen.at(-1)!.bytes, sent.bytes);
      assertEquals(treeOf(`${here}/two`), treeOf(`${here}/one`));
      for (const name of ["start", "d"]) {
        assertEquals((await stat(`${here}/two/${name}`)).mtime, WHEN);
      }
    });
  },
);

fileCase(
  "a file is copied there and back",
  async ({ pods }, { pod, path, sh, names }) => {
    await withTempFolder(async ({ path: here }) => {
      const bytes = pattern(3_000_000);
      await writeFile(`${here}/one`, bytes, { mode: 0o751 });
      await utimes(`${here}/one`, WHEN, WHEN);
      const result = {
        files: 1,
        bytes: bytes.byteLength,
        skipped: [],
        skippedCount: 0,
      };
      const seen: TransferProgress[] = [];
      const onProgress = (progress: TransferProgress) => seen.push(progress);
      const options = { onProgress };
      const sent = await copyTo(pods, pod, `${here}/one`, `${path}/a`, options);
      assertEquals(sent, result);
      assertEquals(await names(), "a\n");
      const got = await copyFrom(pods, pod, `${path}/a`, `${here}/x/two`, {
        onProgress,
      });
      assertEquals(got, result);
      assert(seen.every(({ total }) => total === bytes.byteLength));
      assert(sameBytes(await readFile(`${here}/x/two`), bytes));
      const stats = await stat(`${here}/x/two`);
      assertEquals([stats.mode & 0o777, stats.mtime], [0o751, WHEN]);
      await sh("ln -s a link");
      await copyFrom(pods, pod, `${path}/link`, pathToFileURL(`${here}/x/two`));
      // GNU tar would take it for a line break.
      await copyTo(pods, pod, pathToFileURL(`${here}/x/two`), `${path}/a\\nb`);
      await copyFrom(pods, pod, `${path}/a\\nb`, `${here}/x/two`);
      assertEquals(readdirSync(`${here}/x`), ["two"]);
      const error = await rejection(
        copyFrom(pods, pod, `${path}/a`, `${here}/x`),
        FileTransferError,
      );
      assertEquals([error.reason, error.path], ["IsDirectory", `${here}/x`]);
      const kept = await copyFrom(pods, pod, `${path}/a`, `${here}/x/two`, {
        overwrite: false,
      });
      assertEquals([kept.files, kept.skipped.length], [0, 1]);
    });
  },
);

fileCase(
  "what is not there is told, and nothing is made",
  async ({ pods }, { pod, path, names, sh }) => {
    await sh("ln -s nowhere link; mkfifo fifo");
    await withTempFolder(async ({ path: here }) => {
      for (
        const [name, reason] of [
          ...[["none", "NotFound"], ["link", "NotFound"], ["fifo", "Unsafe"]],
        ]
      ) {
        const error = await rejection(
          copyFrom(pods, pod, `${path}/${name}`, `${here}/new`),
          FileTransferError,
        );
        assertEquals([name, error.reason], [name, reason]);
      }
      const to = await rejection(
        copyTo(pods, pod, `${here}/none`, `${path}/new`),
        FileTransferError,
      );
      assertEquals([to.reason, to.path], ["NotFound", `${here}/none`]);
      assertStringIncludes(to.message, 'Cannot copy "');
      assertEquals([readdirSync(here), await names()], [[], "fifo\nlink\n"]);
    });
  },
);

fileCase(
  "links that lead out, FIFOs and set-ID bits stay behind on both ways",
  async ({ pods }, { pod, path, sh }) => {
    await withTempFolder(async ({ path: here }) => {
      await sh(
        "mkdir d; echo x >d/f; chmod 4755 d/f; mkfifo d/p; ln -s ../x d/out; " +
          "ln -s /etc d/etc; ln -s f d/in",
      );
      const got = await copyFrom(pods, pod, `${path}/d`, `${here}/d`);
      assertEquals(got.skipped.map(({ path }) => path).sort(), [
        ...["etc", "out", "p"],
      ]);
      assertEquals(treeOf(`${here}/d`), { f: "755 x\n", in: "-> f" });
      await symlink("../secret", `${here}/d/out`);
      await chmod(`${here}/d/f`, 0o6711);
      const sent = await copyTo(pods, pod, `${here}/d`, `${path}/e`);
      assertEquals(sent.skipped, [{
        path: "out",
        reason: "a symbolic link that leads out of the directory",
      }]);
      assertEquals(await sh("ls e; stat -c %a e/f"), "f\nin\n711\n");
    });
  },
);

fileCase(
  "a local file that changes while it is read leaves nothing there",
  async ({ pods }, { pod, path, names }) => {
    await withTempFolder(async ({ path: here }) => {
      await mkdir(`${here}/d`);
      const file = `${here}/d/log`;
      for (const local of [file, `${here}/d`]) {
        await writeFile(file, pattern(4_000_000));
        let isChanged = false;
        const copying = copyTo(pods, pod, local, `${path}/new`, {
          onProgress: () => {
            // At once: the rest may be read before another task has its turn.
            if (!isChanged) appendFileSync(file, "more");
            isChanged = true;
          },
        });
        const error = await rejection(copying, FileTransferError);
        assertEquals(error.reason, "Changed");
        await cleaned(names, "");
      }
    });
  },
);

fileCase(
  "an aborted copy leaves nothing here",
  async ({ pods }, { pod, path, sh }) => {
    await withTempFolder(async ({ path: here }) => {
      await sh("mkdir d; head -c 8000000 /dev/zero >d/f");
      for (const name of ["d", "d/f"]) {
        const abort = new AbortController();
        const reason = new Error("enough");
        const copying = copyFrom(
          pods,
          pod,
          `${path}/${name}`,
          `${here}/${name}`,
          {
            signal: abort.signal,
            onProgress: () => abort.abort(reason),
          },
        );
        assertEquals(await rejection(copying, Error), reason);
        assertEquals(readdirSync(here), []);
      }
    });
  },
);

fileCase(
  "a copy is refused before anything is sent",
  async ({ pods }, { pod, path }) => {
    const wrong = (
      options: object,
      from = path,
      local: string | URL = "/tmp/x",
    ) => rejection(copyFrom(pods, pod, from, local, options), TypeError);
    const { message } = await wrong({ symlink: "skip" });
    assertStringIncludes(
      message,
      'no option "symlink"; did you mean "symlinks"',
    );
    assertStringIncludes(
      (await wrong({ symlinks: "follow" })).message,
      'symlinks must be one of "inside", "skip", "error", not "follow"',
    );
    assertStringIncludes(
      (await wrong({ onProgress: 1 })).message,
      "onProgress is not a function",
    );
    assertStringIncludes((await wrong({}, "")).message, "non-empty");
    assertStringIncludes((await wrong({}, path, "a\0")).message, "NUL");
    const url = new URL("https://localhost/a");
    assertStringIncludes((await wrong({}, path, url)).message, "of no file");
  },
);

fileCase(
  "a copy that resumes brings only what is not here",
  async ({ pods }, { pod, path, sh }) => {
    await withTempFolder(async ({ path: here }) => {
      await sh(
        "mkdir -p d/e; echo 1 >d/a; echo 22 >d/e/b; ln -s a d/l; chmod 700 d/e; " +
          "touch -d '2020-02-03 04:05:06' d/a d/e/b",
      );
      const copy = () =>
        copyFrom(pods, pod, `${path}/d`, `${here}/d`, { resume: true });
      const all = { files: 2, bytes: 5, skipped: [], skippedCount: 0 };
      assertEquals(await copy(), all);
      const tree = treeOf(`${here}/d`);
      assertEquals(tree, {
        a: "644 1\n",
        e: "700 directory",
        "e/b": "644 22\n",
        l: "-> a",
      });
      assertEquals(await copy(), { ...all, files: 0, bytes: 0 });
      assertEquals(treeOf(`${here}/d`), tree);
      await sh("echo 3 >d/a; echo 44 >d/e/c");
      assertEquals(await copy(), { ...all, files: 2, bytes: 5 });
      assertEquals(readFileSync(`${here}/d/a`, "utf8"), "3\n");
      assertEquals(readFileSync(`${here}/d/e/c`, "utf8"), "44\n");
      // Names that a list of lines cannot have: all is copied.
      await sh('echo 5 >"d/line\nbreak"; echo 6 >"d/back\\slash"');
      assertEquals((await copy()).files, 5);
    });
  },
);

// The standard WebSocket cannot pause, and keeps 16 MiB at most: no file here is
// larger.

/** Breaks a copy off after some of it; returns the part that is here. */
async function breakOff(
  copy: (options: object) => Promise<unknown>,
  directory: string,
): Promise<string> {
  const abort = new AbortController();
  const reason = new Error("enough");
  const onProgress = ({ bytes }: TransferProgress) =>
    bytes > 1_000_000 && abort.abort(reason);
  const options = { resume: true, onProgress, signal: abort.signal };
  assertEquals(await rejection(copy(options), Error), reason);
  const parts = readdirSync(directory).filter((it) => it.startsWith("."));
  assertEquals(parts.length, 1);
  return `${directory}/${parts[0]}`;
}

for (const name of ["d/f", "d"]) {
  fileCase(
    `a file that broke off goes on where it did: copy of ${name}`,
    async ({ pods }, { pod, path, sh }) => {
      await withTempFolder(async ({ path: here }) => {
        await mkdir(`${here}/d`);
        await sh("mkdir d; head -c 6000000 /dev/urandom >d/f");
        const copy = (options: object) =>
          copyFrom(pods, pod, `${path}/${name}`, `${here}/${name}`, options);
        const same = async () => {
          const digest = await sh("sha256sum <d/f");
          const file = await readFile(`${here}/d/f`);
          assertEquals(digest.slice(0, 64), await sha256(new Uint8Array(file)));
          assertEquals(readdirSync(`${here}/d`), ["f"]);
        };
        const part = await breakOff(copy, `${here}/d`);
        const { size } = await stat(part);
        assert(size > 0 && size < 6_000_000, `${size} bytes`);
        let first = 0;
        const result = await copy({
          resume: true,
          onProgress: ({ bytes }: TransferProgress) => first ||= bytes,
        });
        assert(first > size, `${first} bytes after ${size}`);
        assertEquals(result, {
          files: 1,
          bytes: 6_000_000,
          skipped: [],
          skippedCount: 0,
        });
        await same();

        // A part that is not what the container has.
        await sh("echo more >>d/f; touch -d '2020-02-03 04:05:06' d/f");
        const wrong = await breakOff(copy, `${here}/d`);
        const bytes = await readFile(wrong);
        bytes[1000]! ^= 1;
        await writeFile(wrong, bytes);
        const error = await rejection(
          copy({ resume: true }),
          FileTransferError,
        );
        assertEquals(error.reason, "Changed");
        assertEquals(readdirSync(`${here}/d`), ["f"]);

        // A file that has changed since begins anew.
        await breakOff(copy, `${here}/d`);
        await sh("echo changed >>d/f");
        await copy({ resume: true });
        await same();
      });
    },
  );
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** A `tar` that sends what no tar makes, to whoever asks. */
const HOSTILE = archiveOf(
  member("./", { type: "5", mode: 0o755 }),
  member("../evil", { content: "evil" }),
  member("/tmp/podwire-evil", { content: "evil" }),
  member("up", { type: "2", linkName: bytes("../..") }),
  member("up/evil", { content: "evil" }),
  member("in", { type: "2", linkName: bytes(".") }),
  member("in/evil", { content: "evil" }),
  member("hard", { type: "1", linkName: bytes("../../etc/passwd") }),
  member("device", { type: "3" }),
  member("root", { content: "#!/bin/sh\n", mode: 0o6755 }),
);

oddCase(
  "an archive by a hostile container writes nothing outside",
  async (programs) => {
    await replaced({})(programs);
    await writeFile(`${programs.path}/hostile`, HOSTILE);
    await programs.script("tar", `exec cat ${programs.path}/hostile`);
  },
  async ({ pods, name, path }) => {
    await withTempFolder(async ({ path: here }) => {
      const { files, skipped } = await copyFrom(pods, name, path, `${here}/d`);
      assertEquals(files, 2);
      assertEquals(skipped.map(({ path }) => path), [
        ...["../evil", "/tmp/podwire-evil", "up", "in/evil", "hard", "device"],
      ]);
      assertEquals(treeOf(here), {
        d: "755 directory",
        "d/in": "-> .",
        "d/root": "755 #!/bin/sh\n",
        "d/up": "755 directory",
        "d/up/evil": "644 evil",
      });
    });
  },
);

oddCase(
  "what tar complains about at its end leaves nothing, and what was there",
  async (programs) => {
    await replaced({})(programs);
    await writeFile(
      `${programs.path}/archive`,
      archiveOf(member("a", { content: "torn" }), member("b")),
    );
    await programs.script(
      "tar",
      `cat ${programs.path}/archive\n` +
        "echo 'tar: ./a: file changed as we read it' >&2\nexit 1",
    );
  },
  async ({ pods, name, path }) => {
    await withTempFolder(async ({ path: here }) => {
      await writeFile(`${here}/a`, "whole");
      for (const local of [here, `${here}/new`]) {
        const error = await rejection(
          copyFrom(pods, name, path, local),
          FileTransferError,
        );
        assertEquals(error.reason, "Changed");
        assertEquals(treeOf(here), { a: "644 whole" });
      }
    });
  },
);

embeddedCase(
  "files: options of tar in the environment count for nothing",
  async ({ pods, pod }) => {
    const env = [{ name: "TAR_OPTIONS", value: "--exclude=start" }];
    const name = await pod({ container: { env } });
    await withTempFolder(async ({ path: here }) => {
      await makeTree(`${here}/one`);
      await copyTo(pods, name, `${here}/one`, `${here}/two`);
      await copyFrom(pods, name, `${here}/two`, `${here}/three`);
      const options = { resume: true };
      await copyFrom(pods, name, `${here}/two`, `${here}/four`, options);
      for (const copy of ["two", "three", "four"]) {
        assertEquals(treeOf(`${here}/${copy}`), treeOf(`${here}/one`));
      }
    });
  },
  { shared: true },
);

embeddedCase(
  "files: what the kernel writes itself is copied, or an error",
  async ({ pods, pod }) => {
    const name = await pod();
    const content = readFileSync("/proc/version", "utf8");
    await withTempFolder(async ({ path: here }) => {
      for (const resume of [false, true]) {
        const local = `${here}/${resume}`;
        const options = { resume };
        const got = await copyFrom(pods, name, "/proc/version", local, options);
        assertEquals([got.bytes, got.files], [content.length, 1]);
        assertEquals(readFileSync(local, "utf8"), content);
      }
      const error = await rejection(
        copyTo(pods, name, "/proc/version", `${here}/there`),
        FileTransferError,
      );
      assertEquals(error.reason, "Changed");
      assertEquals(readdirSync(here), ["false", "true"]);
    });
  },
);

/** What copies of directories use besides. */
const TREE_PROGRAMS = ["find", "head", "mkdir", "rmdir", "tar", "tr", "xargs"];

const TAR = systemPath("tar");
const MV = systemPath("mv");
const XARGS = systemPath("xargs");

oddCase(
  "a directory resumes where tar takes no names, in several archives",
  async (programs) => {
    const tar = `case "$*" in *" -T "*) exit 1 ;; esac; exec ${TAR} "$@"`;
    await replaced({ tar, xargs: `exec ${XARGS} -n 2 "$@"` })(programs);
    await link(programs, "find", "tr");
  },
  async ({ pods, name, path }) => {
    await mkdir(`${path}/d/e`, { recursive: true });
    const inner = ["1", "2", "3", "4", "5"].map((name) => `d/e/${name}`);
    for (const file of ["a", ...inner]) {
      await writeFile(`${path}/${file}`, file);
    }
    await chmod(`${path}/d/e`, 0o750);
    await utimes(`${path}/d/e`, WHEN, WHEN);
    await withTempFolder(async ({ path: here }) => {
      const copy = () =>
        copyFrom(pods, name, path, `${here}/new`, { resume: true });
      assertEquals((await copy()).files, 6);
      assertEquals(treeOf(`${here}/new`), treeOf(path));
      assertEquals((await stat(`${here}/new/d/e`)).mtime, WHEN);
      await writeFile(`${path}/d/b`, "new");
      assertEquals((await copy()).files, 1);
      assertEquals(treeOf(`${here}/new`), treeOf(path));
    });
  },
);

oddCase(
  "a directory that appears there meanwhile is merged into",
  async (programs) => {
    const make = 'mkdir "$2" && echo other >"$2/other"';
    const mv = `[ "$1" = -f ] || { ${make}; }; exec ${MV} "$@"`;
    await replaced({ mv })(programs);
    await link(programs, ...TREE_PROGRAMS);
  },
  async ({ pods, name, path, names }) => {
    await withTempFolder(async ({ path: here }) => {
      await mkdir(`${here}/tree`);
      await writeFile(`${here}/tree/a`, "a");
      await copyTo(pods, name, here, `${path}/new`);
      assertEquals(await names(), ["new"]);
      assertEquals(treeOf(`${path}/new`), {
        other: "644 other\n",
        tree: "755 directory",
        "tree/a": "644 a",
      });
    });
  },
  { shared: true },
);

const busybox = findProgram("busybox");

oddCase(
  "busybox keeps the times of directories, too",
  async ({ path }) => {
    for (const program of [...ALL_PROGRAMS, ...TREE_PROGRAMS]) {
      await symlink(busybox!, `${path}/${program}`);
    }
  },
  async ({ pods, name, path }) => {
    await withTempFolder(async ({ path: here }) => {
      await makeTree(`${here}/one`);
      await writeFile(`${here}/one/d-after`, "behind the directory");
      await copyTo(pods, name, `${here}/one`, `${path}/new`);
      assertEquals(treeOf(`${path}/new`), treeOf(`${here}/one`));
      for (const entry of ["start", "d"]) {
        assertEquals((await stat(`${path}/new/${entry}`)).mtime, WHEN);
      }
      await copyFrom(pods, name, `${path}/new`, `${here}/two`, {
        resume: true,
      });
      assertEquals(treeOf(`${here}/two`), treeOf(`${here}/one`));
    });
  },
  { skip: busybox ? undefined : "this machine has no busybox" },
);
