// Files of containers that lack programs, or whose programs fail. Only local
// containers can have a PATH of our own.
import { assert, assertEquals } from "@std/assert";
import process from "node:process";
import {
  chmod,
  mkdir,
  readdir,
  readFile as readLocal,
  stat,
  symlink,
  writeFile as writeLocal,
} from "node:fs/promises";
import { join } from "node:path";
import { CallTimeoutError, FileTransferError } from "../../mod.ts";
import {
  copyFrom,
  readFile,
  readTree,
  writeFile,
  writeTree,
} from "../../src/files/mod.ts";
import { rejection } from "../support/async.ts";
import {
  bytesOf,
  filled,
  pattern,
  sameBytes,
  textOf,
} from "../support/bytes.ts";
import { type TempFolder, withTempFolder } from "../support/temp_folder.ts";
import {
  ALL_PROGRAMS,
  findProgram,
  LEAST_PROGRAMS,
  link,
  oddCase,
  type OddContainer,
  replaced,
  systemPath,
} from "./odd_containers.ts";

const SH = systemPath("sh");
const CAT = systemPath("cat");

/** Writes and reads; returns nothing if both are as they must be. */
async function checkBothWays(container: OddContainer): Promise<void> {
  const { pods, name, path, names } = container;
  const file = `${path}/fi le`;
  for (const content of [new Uint8Array(), pattern(3_000_001)]) {
    await writeFile(pods, name, file, content);
    assert(sameBytes(new Uint8Array(await readLocal(file)), content));
    const back = await bytesOf(await readFile(pods, name, file));
    assert(sameBytes(back, content));
  }
  assertEquals(await names(), ["fi le"]);
  const missing = readFile(pods, name, `${path}/none`);
  assertEquals(await reasonOf(missing), "NotFound");
  const nowhere = writeFile(pods, name, `${path}/none/none`, "");
  assertEquals(await reasonOf(nowhere), "NotFound");
  const folder = readFile(pods, name, path);
  assertEquals(await reasonOf(folder), "IsDirectory");
}

async function reasonOf(transfer: Promise<unknown>): Promise<string> {
  return (await rejection(transfer, FileTransferError)).reason;
}

const busybox = findProgram("busybox");

oddCase(
  "busybox is enough",
  async ({ path }) => {
    for (const program of [...ALL_PROGRAMS, "env"]) {
      await symlink(busybox!, join(path, program));
    }
  },
  checkBothWays,
  { skip: busybox ? undefined : "this machine has no busybox" },
);

for (const shell of ["bash", "dash"]) {
  const path = findProgram(shell);
  oddCase(
    `${shell} is enough`,
    async (programs) => {
      await link(programs, ...ALL_PROGRAMS.filter((name) => name !== "sh"));
      await symlink(path!, join(programs.path, "sh"));
    },
    checkBothWays,
    { skip: path ? undefined : `this machine has no ${shell}` },
  );
}

oddCase(
  "stat, wc, sha256sum and truncate are not necessary",
  (programs) => link(programs, ...LEAST_PROGRAMS),
  checkBothWays,
);

oddCase(
  "a shell that prints before and after, and fills stderr, does no harm",
  replaced({
    sh: `echo hello; i=0
while [ $i -lt 3000 ]; do echo "a warning of ld.so" >&2; i=$((i+1)); done
${SH} "$@"; c=$?; echo bye; exit $c`,
  }),
  checkBothWays,
);

oddCase(
  "a container without a shell is Unavailable, with a hint",
  () => Promise.resolve(),
  async ({ pods, name }) => {
    const transfers = [
      () => readFile(pods, name, "/etc/hosts"),
      () => writeFile(pods, name, "/tmp/none", ""),
    ];
    for (const transfer of transfers) {
      const error = await rejection(transfer(), FileTransferError);
      assertEquals(error.reason, "Unavailable");
      assert(error.message.includes("debug container"), error.message);
    }
  },
);

/** Reads to the end; returns the error of the stream. */
async function readingError(
  { pods, name, path }: OddContainer,
  content = "a".repeat(100_000),
): Promise<FileTransferError> {
  const file = `${path}/file`;
  await writeFile(pods, name, file, content);
  const stream = await readFile(pods, name, file);
  return await rejection(bytesOf(stream), FileTransferError);
}

/** A `cat` that behaves oddly when it reads a file, and not with stdin. */
function oddReader(script: string): (programs: TempFolder) => Promise<void> {
  const cat = `[ $# != 0 ] || exec ${CAT}\n${script}`;
  return async (programs) => {
    await replaced({ cat })(programs);
    await link(programs, "head", "tr", "touch", "sleep");
  };
}

const CHANGES: Readonly<Record<string, string>> = {
  "grows": `echo more >>"$1"; exec ${CAT} "$1"`,
  "is replaced": `${CAT} "$1"; echo new >"$1.new"; mv "$1.new" "$1"`,
  "shrinks": `${CAT} "$1"; : >"$1"`,
  "vanishes": `${CAT} "$1"; rm "$1"`,
  "has other bytes, size and time as before": `tr a b <"$1"`,
};

for (const [what, script] of Object.entries(CHANGES)) {
  oddCase(
    `a file that ${what} while it is read is Changed`,
    oddReader(script),
    async (container) => {
      const error = await readingError(container);
      assertEquals(error.reason, "Changed");
      assert(error.message.startsWith("Cannot read file "), error.message);
    },
  );
}

const BREAKS: Readonly<Record<string, [script: string, words: string]>> = {
  "gives too little": ['head -c 1000 "$1"', "1000 bytes arrived"],
  "gives too much": [`${CAT} "$1" "$1"`, "200000 bytes arrived"],
  "fails": [`head -c 9 "$1"; echo "read error: I/O" >&2; exit 1`, "I/O"],
  "is killed": [`head -c 1000 "$1"; kill -9 $$`, ""],
  "kills its parents": [`head -c 1000 "$1"; kill -9 0`, ""],
};

for (const [what, [script, words]] of Object.entries(BREAKS)) {
  oddCase(
    `a cat that ${what} makes the reading Incomplete`,
    oddReader(script),
    async (container) => {
      const error = await readingError(container);
      assertEquals(error.reason, "Incomplete");
      assert(error.message.includes(words), error.message);
    },
  );
}

oddCase(
  "the stream ends only after the check, and errors without its last bytes",
  oddReader(`${CAT} "$1"; touch "$1"; echo >>"$1"`),
  async ({ pods, name, path }) => {
    await writeFile(pods, name, `${path}/file`, "short");
    const stream = await readFile(pods, name, `${path}/file`);
    const read = stream.getReader().read();
    assertEquals((await rejection(read, FileTransferError)).reason, "Changed");
  },
);

oddCase(
  "a timeout ends a reading that hangs, and an abort, with their reasons",
  oddReader(`head -c 50000 "$1"; sleep 60`),
  async ({ pods, name, path }) => {
    const file = `${path}/file`;
    await writeFile(pods, name, file, filled(100_000));
    const late = readFile(pods, name, file, { timeout: 300 }).then(bytesOf);
    const error = await rejection(late, CallTimeoutError);
    assert(error.message.startsWith(`Cannot read file "${file}" in `));
    const abort = new AbortController();
    const { signal } = abort;
    const hanging = bytesOf(await readFile(pods, name, file, { signal }));
    const reason = new Error("enough");
    abort.abort(reason);
    assertEquals(await rejection(hanging), reason);
    const cancelled = await readFile(pods, name, file);
    await cancelled.cancel();
  },
);

const WRITE_FAILURES: Readonly<
  Record<string, [scripts: Readonly<Record<string, string>>, reason: string]>
> = {
  "a disk that is full": [{
    sh: `ulimit -f 100; trap '' XFSZ; exec ${SH} "$@"`,
  }, "NoSpace"],
  "a disk that is full at once": [{
    cat: `echo "cat: write error: No space left on device" >&2; exit 1`,
  }, "NoSpace"],
  "a mounted file": [{
    mv: `echo "mv: cannot move: Device or resource busy" >&2; exit 1`,
  }, "Denied"],
  "a mode that is refused": [{
    chmod: `echo "chmod: x: Operation not permitted" >&2; exit 1`,
  }, "Denied"],
  "bytes that got lost": [{
    cat: `${CAT} | { dd bs=1 count=9 2>/dev/null; dd bs=1 count=1 of=/dev/null \
2>/dev/null; ${CAT}; }`,
  }, "Incomplete"],
  "bytes that were changed": [{ cat: `${CAT} | tr a b` }, "Incomplete"],
  "a cat that is killed": [{ cat: "kill -9 $$" }, "Incomplete"],
  "a script that is killed": [{ cat: "kill -9 $PPID" }, "Incomplete"],
  "a shell that is killed with all its children": [
    { cat: "kill -9 0" },
    "Incomplete",
  ],
};

for (const [what, [scripts, reason]] of Object.entries(WRITE_FAILURES)) {
  oddCase(
    `${what} fails an upload with ${reason}, and leaves nothing`,
    async (programs) => {
      await replaced(scripts)(programs);
      await link(programs, "tr");
    },
    async ({ pods, name, path, names }) => {
      const file = `${path}/file`;
      const content = "a".repeat(2_000_000);
      const writing = writeFile(pods, name, file, content, { mode: 0o600 });
      assertEquals(await reasonOf(writing), reason);
      assertEquals(await names(), []);
    },
  );
}

/** A `dd` that behaves oddly when it reads an upload. */
function oddSegments(script: string): (programs: TempFolder) => Promise<void> {
  const dd = systemPath("dd");
  return replaced({
    dd: `case "$*" in *fullblock*) ${script} ;; esac\nexec ${dd} "$@"`,
  });
}

/** Containers by what they are, and the reason with which a large file fails. */
const SEGMENTS: Readonly<
  Record<string, [(programs: TempFolder) => Promise<void>, string | null]>
> = {
  "GNU": [(programs) => link(programs, ...ALL_PROGRAMS), null],
  "busybox": [async ({ path }) => {
    for (const program of ALL_PROGRAMS) {
      await symlink(busybox ?? systemPath(program), join(path, program));
    }
  }, null],
  "openssl": [async (programs) => {
    await link(programs, ...ALL_PROGRAMS);
    if (findProgram("openssl")) await link(programs, "openssl");
  }, null],
  "an openssl that cannot": [
    replaced({ openssl: "echo unknown command; exit 1" }),
    null,
  ],
  "an openssl that is wrong": [
    replaced({ openssl: `[ -p /dev/stdin ] || exec sha256sum; echo 0` }),
    "Incomplete",
  ],
  "programs that warn": [
    replaced(Object.fromEntries(
      ["cat", "dd", "sha256sum"].map((program) => [
        program,
        `echo "a warning of ld.so" >&2; exec ${systemPath(program)} "$@"`,
      ]),
    )),
    null,
  ],
  "no sha256sum": [(programs) => link(programs, ...LEAST_PROGRAMS), null],
  "a dd that takes no blocks": [oddSegments("exit 1"), null],
  "a disk that is full": [
    replaced({ sh: `ulimit -f 9000; trap '' XFSZ; exec ${SH} "$@"` }),
    "NoSpace",
  ],
  "a disk of busybox that is full": [async (programs) => {
    const rest = ALL_PROGRAMS.filter((name) => name !== "sh");
    for (const program of rest) {
      const path = busybox ?? systemPath(program);
      await symlink(path, join(programs.path, program));
    }
    const sh = busybox ? `${busybox} sh` : SH;
    await programs.script(
      "sh",
      `ulimit -f 9000; trap '' XFSZ; exec ${sh} "$@"`,
    );
  }, "NoSpace"],
  "a dd that is killed": [
    oddSegments('[ "$2" != "count=64" ] || kill -9 $$'),
    "Incomplete",
  ],
  "bytes that were changed": [async (programs) => {
    await oddSegments(`exec ${systemPath("dd")} "$@" | tr a b`)(programs);
    await link(programs, "tr");
  }, "Incomplete"],
};

for (const [what, [prepare, reason]] of Object.entries(SEGMENTS)) {
  oddCase(
    `a large file, and ${what}: ${reason ?? "it is whole"}`,
    prepare,
    async ({ pods, name, path, names }) => {
      const content = filled(17 * 1024 * 1024, 97);
      const writing = writeFile(pods, name, `${path}/file`, content);
      if (reason !== null) {
        assertEquals(await reasonOf(writing), reason);
        assertEquals(await names(), []);
        return;
      }
      await writing;
      const written = new Uint8Array(await readLocal(`${path}/file`));
      assert(sameBytes(written, content));
      assertEquals(await names(), ["file"]);
    },
    { shared: true, transports: ["socket"] },
  );
}

/** A container with `tar`, whose `cat` gives other bytes than a file has. */
async function changesBytes(programs: TempFolder): Promise<void> {
  await replaced({ cat: `exec ${CAT} "$@" | tr a b` })(programs);
  await link(programs, "tar", "tr");
  if (findProgram("openssl")) await link(programs, "openssl");
}

oddCase(
  "a copy of one file is compared by its SHA-256",
  changesBytes,
  async ({ pods, name, path }) => {
    for (const size of [1, 17 * 1024 * 1024]) {
      for (const byte of [97, 99]) {
        const content = filled(size, byte);
        await writeLocal(`${path}/file`, content);
        await withTempFolder(async ({ path: here }) => {
          const file = `${here}/file`;
          const copying = copyFrom(pods, name, `${path}/file`, file);
          if (byte === 97) {
            assertEquals(await reasonOf(copying), "Changed");
            assertEquals(await readdir(here), []);
            return;
          }
          await copying;
          const copied = new Uint8Array(await readLocal(file));
          assert(sameBytes(copied, content));
        });
      }
    }
  },
  { shared: true, transports: ["socket"] },
);

oddCase(
  "files of the kernel, which have no size, are read",
  (programs) => link(programs, ...ALL_PROGRAMS),
  async ({ pods, name }) => {
    const status = await textOf(
      await readFile(pods, name, "/proc/self/status"),
    );
    assert(status.includes("Name:"), status);
  },
);

oddCase(
  "a relative path is below the working directory, whatever it begins with",
  (programs) => link(programs, ...ALL_PROGRAMS),
  async ({ pods, name, path }) => {
    await mkdir(`${path}/-d`);
    const file = `../../../../../../../../..${path}/-d/-e`;
    await writeFile(pods, name, file, "there");
    assertEquals(await textOf(await readFile(pods, name, file)), "there");
  },
);

const setpriv = findProgram("setpriv");
const isRoot = process.getuid?.() === 0;

oddCase(
  "another user than root gets Denied, and keeps what is read-only so",
  async (programs) => {
    await link(programs, ...ALL_PROGRAMS.filter((name) => name !== "sh"));
    await link(programs, "tar", "mkdir", "xargs", "rmdir");
    const nobody = "--reuid=65534 --regid=65534 --clear-groups";
    const change = `exec ${setpriv} ${nobody} ${SH} "$@"`;
    await programs.script(
      "sh",
      `[ "$(${systemPath("id")} -u)" != 0 ] || ${change}\nexec ${SH} "$@"`,
    );
    await chmod(programs.path, 0o755);
  },
  async ({ pods, name, path }) => {
    await chmod(path, 0o777);
    await mkdir(`${path}/closed`);
    await mkdir(`${path}/hidden`);
    await writeLocal(`${path}/closed/secret`, "secret");
    await chmod(`${path}/closed/secret`, 0);
    await chmod(`${path}/closed`, 0o555);
    await chmod(`${path}/hidden`, 0);
    const denied = [
      () => readFile(pods, name, `${path}/closed/secret`),
      () => readFile(pods, name, `${path}/hidden/file`),
      () => writeFile(pods, name, `${path}/closed/new`, ""),
      () => writeFile(pods, name, `${path}/hidden/new`, ""),
      () => writeTree(pods, name, `${path}/closed`, []),
      () => writeTree(pods, name, `${path}/hidden/new`, []),
    ];
    for (const transfer of denied) {
      assertEquals(await reasonOf(transfer()), "Denied", String(transfer));
    }
    const reading = async () => {
      for await (const _ of readTree(pods, name, `${path}/closed`));
    };
    assertEquals(await reasonOf(reading()), "Denied");
    const readOnly = (body: string) => [
      { path: "dir", type: "directory", mode: 0o555 } as const,
      { path: "dir/file", body, mode: 0o444 },
    ];
    const inside = `${path}/tree/dir`;
    await mkdir(`${path}/tree`);
    await chmod(`${path}/tree`, 0o777);
    await writeTree(pods, name, `${path}/tree`, readOnly("new"));
    assertEquals((await stat(inside)).mode & 0o777, 0o555);
    await chmod(inside, 0o777);
    await writeTree(pods, name, `${path}/tree`, readOnly("merged"));
    assertEquals((await stat(inside)).mode & 0o777, 0o777);
    assertEquals(await readLocal(`${inside}/file`, "utf8"), "merged");
    assertEquals(await readdir(`${path}/tree`), ["dir"]);
    await chmod(`${path}/closed`, 0o755);
    await chmod(`${path}/hidden`, 0o755);
  },
  {
    skip: isRoot && !setpriv ? "this machine has no setpriv" : undefined,
  },
);
