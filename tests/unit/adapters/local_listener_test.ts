// The socket of a local program: what it is told to write, and by how many calls.
import { assert, assertEquals } from "@std/assert";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  listenLocally,
  NodeLocalSocket,
} from "../../../src/adapters/local_listener.ts";
import type { LocalAddress } from "../../../src/transport/local_socket.ts";
import { test } from "../../harness.ts";
import { eventually, macrotask, rejection } from "../../support/async.ts";
import { pattern } from "../../support/bytes.ts";
import { withTempFolder } from "../../support/temp_folder.ts";

/** A socket that counts the calls by which it is written to. */
function countingSocket() {
  const calls: number[][] = [];
  let isEnded = false;
  const stream = new Duplex({
    allowHalfOpen: true,
    read() {},
    write(chunk: Uint8Array, _encoding, done) {
      calls.push([...chunk]);
      done();
    },
    writev(chunks: { chunk: Uint8Array }[], done) {
      calls.push(chunks.flatMap(({ chunk }) => [...chunk]));
      done();
    },
    final(done) {
      isEnded = true;
      done();
    },
  });
  const local = new NodeLocalSocket(stream as Socket);
  const ends: (Error | undefined)[] = [];
  local.open({
    data: () => {},
    drained: () => {},
    ended: () => {},
    closed: (error) => ends.push(error),
  });
  return { local, stream, calls, ends, hasEnded: () => isEnded };
}

const bytes = [...pattern(9)];
const parts = [0, 3, 6].map((at) => new Uint8Array(bytes.slice(at, at + 3)));

test("what is written together is one call, in order", async () => {
  const { local, calls } = countingSocket();
  for (const part of parts) assert(local.write(part));
  await macrotask();
  assertEquals(calls, [bytes]);
  local.write(parts[1]!);
  await macrotask();
  local.write(parts[0]!);
  await macrotask();
  assertEquals(calls.slice(1), [[...parts[1]!], [...parts[0]!]]);
  local.destroy();
  await local.released;
});

test("what is written right before an end comes before it", async () => {
  const { local, stream, calls, hasEnded } = countingSocket();
  for (const part of parts) local.write(part);
  local.end();
  await eventually(hasEnded);
  assertEquals(calls.flat(), bytes);
  stream.push(null);
  await local.released;
});

test("what is written right before a reset comes before it", async () => {
  const { local, calls } = countingSocket();
  for (const part of parts) local.write(part);
  local.reset();
  await local.released;
  assertEquals(calls.flat(), bytes);
});

test("a socket that is dropped right after a write fails nothing", async () => {
  const { local, ends } = countingSocket();
  local.write(parts[0]!);
  local.destroy();
  await local.released;
  assertEquals(ends, [undefined]);
});

test("a full socket says so while its writes are held together", async () => {
  const { local, stream } = countingSocket();
  const large = pattern(stream.writableHighWaterMark);
  assertEquals(local.write(large), false);
  await macrotask();
  assertEquals(stream.writableLength, 0);
  local.destroy();
  await local.released;
});

async function refusal(address: Partial<LocalAddress>): Promise<string> {
  const wanted = { hostname: "127.0.0.1", port: 0, path: null, ...address };
  const error = await rejection(listenLocally(wanted, () => {}));
  return `${(error as { code?: string }).code}: ${(error as Error).message}`;
}

test("an address that is in use or of another machine is refused", async () => {
  const wanted = { hostname: "127.0.0.1", port: 0, path: null };
  const listener = await listenLocally(wanted, () => {});
  const { port } = listener.address;
  assertEquals(
    await refusal({ port }),
    "EADDRINUSE: the address is in use",
  );
  listener.close();
  assertEquals(
    await refusal({ hostname: "192.0.2.1" }),
    "EADDRNOTAVAIL: this machine has no such address",
  );
  assertEquals(
    await refusal({ hostname: "podwire.invalid" }),
    "ENOTFOUND: the host name was not found",
  );
});

test("a file or a socket in the place of a Unix socket is left alone", async () => {
  await withTempFolder(async ({ path: folder }) => {
    const taken = "EADDRINUSE: there is something at this path already";
    const file = join(folder, "file");
    await writeFile(file, "data");
    assertEquals(await refusal({ path: file }), taken);
    assertEquals(await readFile(file, "utf8"), "data");
    const path = join(folder, "socket");
    const wanted = { hostname: "", port: 0, path };
    const listener = await listenLocally(wanted, () => {});
    assertEquals(await refusal({ path }), taken);
    listener.close();
  });
});

test("a Unix socket without a directory, or with too long a path, is refused", async () => {
  await withTempFolder(async ({ path: folder }) => {
    assertEquals(
      await refusal({ path: join(folder, "missing", "socket") }),
      "ENOENT: its directory does not exist",
    );
    assertEquals(
      await refusal({ path: join(folder, "x".repeat(200)) }),
      "ENAMETOOLONG: the path is too long",
    );
  });
});
