// The socket of a local program: what it is told to write, and by how many calls.
import { assert, assertEquals } from "@std/assert";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { NodeLocalSocket } from "../../../src/adapters/local_listener.ts";
import { test } from "../../harness.ts";
import { eventually, macrotask } from "../../support/async.ts";
import { pattern } from "../../support/bytes.ts";

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
