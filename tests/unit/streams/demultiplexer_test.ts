import { assertEquals } from "@std/assert";
import {
  type Bytes,
  concatBytes,
  decodeText,
  encodeText,
} from "../../../src/bytes.ts";
import { encodeFrame } from "../../../src/channel/frame.ts";
import {
  type ChannelSink,
  Demultiplexer,
} from "../../../src/streams/demultiplexer.ts";
import { test } from "../../harness.ts";

function recording(log: string[], name: string): ChannelSink {
  return {
    data: (part, start) =>
      log.push(`${name}:${decodeText(part.subarray(start))}`),
    end() {},
    fail() {},
  };
}

function demultiplexer(log: string[], withStderr = true): Demultiplexer {
  return new Demultiplexer({
    outputs: [
      null,
      recording(log, "out"),
      withStderr ? recording(log, "err") : null,
    ],
    status: (payload) => log.push(`status:${decodeText(payload)}`),
  }, true);
}

function frame(channel: number, text: string): Bytes {
  return encodeFrame(channel, encodeText(text));
}

test("demultiplexer: stdout and stderr, interleaved, keep their order", () => {
  const log: string[] = [];
  const demux = demultiplexer(log);
  demux.data(frame(1, "a"), true);
  demux.data(frame(2, "b"), true);
  demux.data(frame(1, "c"), true);
  assertEquals(log, ["out:a", "err:b", "out:c"]);
});

test("demultiplexer: unknown channels and stdin's own are ignored", () => {
  const log: string[] = [];
  const demux = demultiplexer(log);
  for (const channel of [0, 4, 5, 77, 255]) {
    demux.data(frame(channel, "x"), true);
  }
  demux.data(frame(1, "after"), true);
  assertEquals(log, ["out:after"]);
});

test("demultiplexer: frames of a channel that was not requested are dropped", () => {
  const log: string[] = [];
  const demux = demultiplexer(log, false);
  demux.data(frame(2, "unasked"), true);
  demux.data(frame(1, "asked"), true);
  assertEquals(log, ["out:asked"]);
});

test("demultiplexer: empty messages and empty payloads are skipped", () => {
  const log: string[] = [];
  const demux = demultiplexer(log);
  demux.data(new Uint8Array(), true);
  demux.data(frame(1, ""), true);
  demux.data(frame(3, ""), true);
  demux.data(frame(1, "x"), true);
  assertEquals(log, ["out:x"]);
});

test("demultiplexer: a message in parts goes on part by part, its status whole", () => {
  const log: string[] = [];
  const demux = demultiplexer(log);
  const empty = new Uint8Array();
  demux.data(empty, false);
  demux.data(new Uint8Array([1]), false);
  demux.data(encodeText("ab"), false);
  demux.data(empty, false);
  demux.data(encodeText("cd"), true);
  demux.data(frame(3, '{"sta'), false);
  demux.data(encodeText('tus":'), false);
  demux.data(encodeText('"Success"}'), true);
  demux.data(frame(1, "z"), true);
  assertEquals(log, [
    "out:ab",
    "out:cd",
    'status:{"status":"Success"}',
    "out:z",
  ]);
});

test("demultiplexer: a buffer is given to one channel, and what others get is copied", () => {
  const given: { channel: number; part: Bytes }[] = [];
  const keep = (channel: number): ChannelSink => ({
    data: (part, start) => given.push({ channel, part: part.subarray(start) }),
    end() {},
    fail() {},
  });
  const sinks = { outputs: [null, keep(1), keep(2)], status: null };
  const messages = [frame(1, "aa"), frame(2, "bb"), frame(1, "cc")];
  for (const givesBuffers of [true, false]) {
    given.length = 0;
    const demux = new Demultiplexer(sinks, givesBuffers);
    const slab = concatBytes(messages);
    for (let at = 0; at < 9; at += 3) {
      demux.data(slab.subarray(at, at + 3), true);
    }
    assertEquals(
      given.map(({ channel, part }) => [channel, part.buffer === slab.buffer]),
      [[1, givesBuffers], [2, false], [1, givesBuffers]],
    );
    const next = concatBytes(messages).subarray(3);
    demux.data(next.subarray(0, 3), true);
    demux.data(next.subarray(3), true);
    assertEquals(
      given.slice(3).map(({ part }) => part.buffer === next.buffer),
      [givesBuffers, false],
    );
  }
});
