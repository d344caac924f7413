import { crc32 } from "node:zlib";
import { settledMemory, watchMemory } from "../../stress/soak/memory.ts";
import { delay } from "../../support/async.ts";
import type { ForwardedStreams } from "../contender.ts";
import type { Measurement } from "../plan.ts";
import { quantile } from "../statistics.ts";
import { check } from "../workload.ts";

const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: pod\r\n\r\n");

/** The length of the answer to it; see forward_peer/serve.go. */
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".length;

/** The bytes of a write. */
const CHUNK = 64 * 1024;

/** What is written, over and over. */
const DATA = new Uint8Array(16 * CHUNK).map((_, at) => at * 7 + (at >> 8));

/** What the local program of forward_peer/ does on a stream, see there. */
export async function readThrough(
  streams: ForwardedStreams,
  bytes: number,
  take?: () => Promise<void> | void,
): Promise<void> {
  await send(streams, new TextEncoder().encode(`download ${bytes}\n`));
  let left = bytes;
  let sum = 0;
  const expected: number[] = [];
  const reader = streams.readable.getReader();
  while (expected.length < 4) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`${left} bytes are missing`);
    const mine = value.subarray(0, left);
    sum = crc32(mine, sum);
    left -= mine.byteLength;
    expected.push(...value.subarray(mine.byteLength));
    await take?.();
  }
  reader.releaseLock();
  compare(sum, expected);
}

/** As `readThrough`, slowly at first. */
export async function readThroughSlowly(
  streams: ForwardedStreams,
  bytes: number,
  slow: number,
  perChunk: number,
): Promise<Measurement> {
  const before = settledMemory().resident;
  const whileSlow = watchMemory();
  const inAll = watchMemory();
  const begun = performance.now();
  let growth: number | null = null;
  await readThrough(streams, bytes, () => {
    if (growth !== null) return;
    if (performance.now() - begun < slow) return delay(perChunk);
    growth = whileSlow() - before;
  });
  return {
    figures: {
      "growth while slow, MiB": growth!,
      "growth in all, MiB": inAll() - before,
    },
  };
}

/** Writes so many bytes, in chunks. */
export async function writeThrough(
  streams: ForwardedStreams,
  bytes: number,
): Promise<void> {
  const writer = streams.writable.getWriter();
  writer.write(new TextEncoder().encode(`upload ${bytes}\n`)).catch(() => {});
  let sum = 0;
  for (let at = 0; at < bytes; at += CHUNK) {
    const place = at % DATA.byteLength;
    const chunk = DATA.subarray(place, place + CHUNK);
    sum = crc32(chunk, sum);
    await writer.ready;
    writer.write(chunk).catch(() => {});
  }
  writer.releaseLock();
  compare(sum, [...await receive(streams, 4)]);
}

/** Requests, each on a connection of its own, then as many on one. */
export async function getsThrough(
  open: () => Promise<ForwardedStreams>,
  count: number,
  warmUps: number,
): Promise<Record<string, number>> {
  const own: number[] = [];
  for (let index = 0; index < warmUps + count; index++) {
    const begun = performance.now();
    const streams = await open();
    await get(streams);
    own.push(performance.now() - begun);
    await streams.close();
  }
  const streams = await open();
  const kept: number[] = [];
  for (let index = 0; index < warmUps + count; index++) {
    const begun = performance.now();
    await get(streams);
    kept.push(performance.now() - begun);
  }
  await streams.close();
  const median = (times: number[]): number =>
    quantile(times.slice(warmUps).sort((a, b) => a - b), 0.5);
  return { "p50 ms": median(own), "kept, p50 ms": median(kept) };
}

async function get(streams: ForwardedStreams): Promise<void> {
  await send(streams, REQUEST);
  const answer = new TextDecoder().decode(await receive(streams, ANSWER));
  check(answer.endsWith("\r\n\r\nok"), `The answer is ${answer}`);
}

async function send(
  { writable }: ForwardedStreams,
  bytes: Uint8Array,
): Promise<void> {
  const writer = writable.getWriter();
  await writer.write(bytes);
  writer.releaseLock();
}

/** Reads so many bytes, which are all that come. */
async function receive(
  { readable }: ForwardedStreams,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const all: number[] = [];
  const reader = readable.getReader();
  while (all.length < length) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The end came after ${all.length} bytes`);
    all.push(...value);
  }
  reader.releaseLock();
  return new Uint8Array(all);
}

function compare(sum: number, other: readonly number[]): void {
  const expected = new DataView(new Uint8Array(other).buffer).getUint32(0);
  check(
    sum === expected,
    `The local checksum is ${sum}, the pod's ${expected}`,
  );
}
