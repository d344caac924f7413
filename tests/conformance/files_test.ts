// readFile and writeFile, on containers with a shell.
import { assert, assertEquals } from "@std/assert";
import {
  Api,
  CallTimeoutError,
  createClient,
  FileTransferError,
  Pod,
  PodwireError,
} from "../../mod.ts";
import { readFile, readTree, writeFile } from "../../src/files/mod.ts";
import type { SessionFault } from "../../src/testing/mod.ts";
import type { FileContent } from "../../src/files/mod.ts";
import { rejection } from "../support/async.ts";
import {
  bytesOf,
  pattern,
  sha256,
  streamOf,
  textOf,
} from "../support/bytes.ts";
import { cleaned, fileCase, ODD_NAMES } from "./folders.ts";

/** Parts without an end; `onPart` gets how much went before. */
async function* endlessParts(
  onPart: (sent: number) => void,
): AsyncGenerator<Uint8Array> {
  for (let sent = 0;; sent += 65_536) {
    onPart(sent);
    yield pattern(65_536);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

fileCase(
  "what writeFile writes, readFile reads, as whole bytes of any kind",
  async ({ pods }, { pod, path, names, sh }) => {
    const bytes = pattern(5 * 1024 * 1024 + 3);
    const contents: Record<string, [FileContent, string]> = {
      text: ["grün\n", await sha256(new TextEncoder().encode("grün\n"))],
      empty: ["", await sha256(new Uint8Array())],
      bytes: [bytes, await sha256(bytes)],
      blob: [new Blob([bytes]), await sha256(bytes)],
      nul: [new Uint8Array(3), await sha256(new Uint8Array(3))],
    };
    for (const [name, [content, digest]] of Object.entries(contents)) {
      await writeFile(pods, pod, `${path}/${name}`, content);
      const there = await sh('sha256sum <"$1"', name);
      assertEquals(there.slice(0, 64), digest, name);
      const back = await bytesOf(await readFile(pods, pod, `${path}/${name}`));
      assertEquals(await sha256(back), digest, name);
    }
    assertEquals(await names(), "blob\nbytes\nempty\nnul\ntext\n");
  },
);

fileCase(
  "a stream of unknown size is written, in the end of stdin or in frames",
  async ({ pods }, { pod, path, sh }) => {
    const bytes = pattern(2_500_000);
    const chunks = [0, 1, 70_000, 1_500_000].map((start, index, all) =>
      bytes.subarray(start, all[index + 1])
    );
    const file = `${path}/file`;
    await writeFile(pods, pod, file, streamOf(chunks));
    const digest = await sha256(bytes);
    assertEquals((await sh("sha256sum <file")).slice(0, 64), digest);
    async function* iterable() {
      for await (const chunk of chunks) yield chunk;
    }
    await writeFile(pods, pod, file, iterable(), { size: 2_500_000 });
    assertEquals((await sh("sha256sum <file")).slice(0, 64), digest);
  },
);

fileCase(
  "a large file is checked in segments while it arrives",
  async ({ pods }, { pod, path, names, sh }) => {
    const bytes = pattern(17 * 1024 * 1024 + 3);
    await writeFile(pods, pod, `${path}/file`, bytes);
    const digest = await sha256(bytes);
    assertEquals((await sh("sha256sum <file")).slice(0, 64), digest);
    assertEquals(await names(), "file\n");
  },
);

fileCase(
  "nothing is left of a large file that is aborted between its segments",
  async ({ pods }, { pod, path, names }) => {
    const abort = new AbortController();
    const { signal } = abort;
    const reason = new Error("enough");
    const bytes = pattern(17 * 1024 * 1024);
    const aborted = writeFile(pods, pod, `${path}/file`, bytes, {
      signal,
      onProgress: ({ bytes }) => bytes > 9e6 && abort.abort(reason),
    });
    assertEquals(await rejection(aborted), reason);
    await cleaned(names, "");
  },
  // Bun 1.3 keeps a WebSocket open that is closed with so much to send.
  { transports: ["socket"] },
);

fileCase(
  "writeFile sets the time, to the second, or leaves it",
  async ({ pods }, { pod, path, sh }) => {
    const file = `${path}/file`;
    const time = async () => Number(await sh("stat -c %Y file"));
    const last = 4_102_444_799;
    // -1 alone is the failure of mktime, for which busybox takes it.
    for (const seconds of [951_826_154, -2, last]) {
      const modified = new Date(seconds * 1000 + 999);
      await writeFile(pods, pod, file, "", { modified });
      assertEquals(await time(), seconds);
    }
    for (const modified of [undefined, new Date(8.64e15)]) {
      await writeFile(pods, pod, file, "", { modified });
      assert(await time() < last);
    }
  },
);

fileCase(
  "names of any characters are words, never part of a script",
  async ({ pods }, { pod, path, sh }) => {
    for (const name of ODD_NAMES) {
      const file = `${path}/${name}`;
      await writeFile(pods, pod, file, name);
      assertEquals(await sh('cat "./$1"', name), name);
      assertEquals(await textOf(await readFile(pods, pod, file)), name);
    }
    // BusyBox and GNU print a newline in a name in different ways.
    const count = await sh(
      'n=0; for f in * .[!.]*; do [ -e "./$f" ] && n=$((n+1)); done; echo $n',
    );
    assertEquals(Number(count), ODD_NAMES.length);
  },
);

fileCase(
  "a failure has a reason, and names what was done and where",
  async ({ pods }, { pod, path, names, sh }) => {
    await sh("mkdir dir; echo old >file; mkfifo fifo; ln -s loop loop");
    const unreadable: Record<string, string> = {
      "none": "NotFound",
      "none/none": "NotFound",
      "dir": "IsDirectory",
      "file/x": "NotDirectory",
      "fifo": "Unsafe",
      "loop": "Unsafe",
    };
    for (const [name, reason] of Object.entries(unreadable)) {
      const file = `${path}/${name}`;
      const reading = readFile(pods, pod, file);
      const error = await rejection(reading, FileTransferError);
      assertEquals([name, error.reason, error.path], [name, reason, file]);
      const action = `Cannot read file "${file}" in pods "${pod}": `;
      assert(error.message.startsWith(action), error.message);
    }
    const unwritable: Record<string, string> = {
      "none/none": "NotFound",
      "dir": "IsDirectory",
      "file/x": "NotDirectory",
      "fifo": "Exists",
    };
    for (const [name, reason] of Object.entries(unwritable)) {
      const file = `${path}/${name}`;
      const writing = writeFile(pods, pod, file, "new");
      const error = await rejection(writing, FileTransferError);
      assertEquals([name, error.reason, error.path], [name, reason, file]);
    }
    assertEquals(await names(), "dir\nfifo\nfile\nloop\n");
    assertEquals(await sh("cat file"), "old\n");
  },
);

fileCase(
  "writeFile sets the mode, or keeps that of the file that it replaces",
  async ({ pods }, { pod, path, sh }) => {
    const file = `${path}/file`;
    const mode = async () => (await sh("stat -c %a file")).trim();
    await writeFile(pods, pod, file, "one", { mode: 0o640 });
    assertEquals(await mode(), "640");
    await writeFile(pods, pod, file, "two");
    assertEquals(await mode(), "640");
    await writeFile(pods, pod, file, "three", { mode: 0o4711 });
    assertEquals(await mode(), "4711");
    await writeFile(pods, pod, file, "four");
    assertEquals(await mode(), "711");
    await sh("rm file; umask 022; echo >file; ln -s file link");
    await writeFile(pods, pod, `${path}/link`, "five");
    assertEquals(await sh("cat link; test -L link || cat file"), "five\n");
  },
);

fileCase(
  "a content that fails, is cut off or has another size is not moved",
  async ({ pods }, { pod, path, names, sh }) => {
    await sh("echo old >file");
    const file = `${path}/file`;
    async function* failing() {
      yield pattern(100_000);
      await Promise.resolve();
      throw new Error("the disk broke");
    }
    const writing = writeFile(pods, pod, file, failing());
    const failed = await rejection(writing, FileTransferError);
    assertEquals(failed.reason, "Incomplete");
    assertEquals((failed.cause as Error).message, "the disk broke");
    for (const size of [99_999, 100_001]) {
      const content = streamOf([pattern(100_000)]);
      const writing = writeFile(pods, pod, file, content, { size });
      const error = await rejection(writing, FileTransferError);
      assertEquals(error.reason, "Incomplete");
    }
    const reason = new Error("enough");
    for (const bytes of [0, 1_000_000]) {
      const abort = new AbortController();
      const endless = endlessParts((sent) => {
        if (sent >= bytes) abort.abort(reason);
      });
      const { signal } = abort;
      const writing = writeFile(pods, pod, file, endless, { signal });
      assertEquals(await rejection(writing), reason);
    }
    await cleaned(names, "file\n");
    assertEquals(await sh("cat file"), "old\n");
  },
);

fileCase(
  "a timeout, and the client's close, end an upload and leave nothing",
  async ({ pods, options, namespace }, { pod, path, names }) => {
    const file = `${path}/file`;
    const late = writeFile(pods, pod, file, endlessParts(() => {}), {
      timeout: 500,
    });
    const { message } = await rejection(late, CallTimeoutError);
    assertEquals(
      message,
      `Cannot write file "${file}" in pods "${pod}": not done within 500 ms`,
    );
    const client = await createClient(options());
    const closing = endlessParts((sent) => {
      if (sent === 10 * 65_536) client.close();
    });
    const own = new Api(Pod, { client, namespace });
    await rejection(writeFile(own, pod, file, closing), PodwireError);
    await cleaned(names, "");
  },
);

/** How a session breaks off in the middle of a file, and what that is. */
const FAULTS: readonly {
  readonly name: string;
  readonly fault: SessionFault;
  readonly isLost: boolean;
}[] = [
  { name: "a status", fault: {}, isLost: false },
  {
    name: "a close without a status",
    fault: { status: "omit" },
    isLost: false,
  },
  {
    name: "the end of TCP",
    fault: { status: "omit", then: "drop" },
    isLost: true,
  },
];

for (const { name, fault, isLost } of FAULTS) {
  fileCase(
    `${name} in the middle is never the end of a file or a tree`,
    async (fixture, { path, sh }) => {
      await sh("head -c 3000000 /dev/zero >file");
      // Its container has the same files: both are local.
      const pod = await fixture.pod({ fault: { ...fault, afterOutput: 1e6 } });
      const { pods } = fixture;
      const file = async () => {
        await bytesOf(await readFile(pods, pod, `${path}/file`));
      };
      const tree = async () => {
        for await (const { body } of readTree(pods, pod, path)) {
          if (body !== null) await bytesOf(body);
        }
      };
      for (const read of [file, tree]) {
        const error = await rejection(read(), PodwireError);
        const reason = error instanceof FileTransferError ? error.reason : null;
        assertEquals(
          [error.name, reason],
          isLost
            ? ["ConnectionLostError", null]
            : ["FileTransferError", "Incomplete"],
        );
      }
    },
    { needs: ["faults"] },
  );
}
