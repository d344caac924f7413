import { assertEquals } from "@std/assert";
import { type Bytes, concatBytes } from "../../../src/bytes.ts";
import {
  type ChannelSink,
  Demultiplexer,
} from "../../../src/streams/demultiplexer.ts";
import { fuzz } from "./fuzz.ts";

/** The output, by channel. */
class Sorted {
  readonly stdout: Bytes[] = [];
  readonly stderr: Bytes[] = [];
  readonly statuses: Bytes[] = [];
  readonly demultiplexer: Demultiplexer = new Demultiplexer({
    outputs: [null, sink(this.stdout), sink(this.stderr)],
    status: (payload) => this.statuses.push(payload),
  }, true);

  get all(): Bytes[] {
    return [
      concatBytes(this.stdout),
      concatBytes(this.stderr),
      ...this.statuses,
    ];
  }
}

function sink(parts: Bytes[]): ChannelSink {
  return {
    data: (part, start) => parts.push(part.subarray(start)),
    end() {},
    fail() {},
  };
}

fuzz(
  "messages of any channel, whole or in parts, are routed by their first byte",
  (seeded) => {
    const messages = Array.from({ length: seeded.below(8) }, () => {
      const message = seeded.bytes(seeded.pick([0, 1, 2, 3, 40]));
      if (message.length > 0) {
        message[0] = seeded.pick([1, 1, 2, 2, 3, 0, 4, 255]);
      }
      return message;
    });
    const sorted = new Sorted();
    for (const message of messages) {
      const parts = seeded.split(message, seeded.pick([1, 3, 50]));
      for (const part of parts) sorted.demultiplexer.data(part, false);
      sorted.demultiplexer.data(new Uint8Array(0), true);
    }
    const on = (channel: number) =>
      messages.filter((message) => message[0] === channel)
        .map((message) => message.subarray(1));
    assertEquals(sorted.all, [
      concatBytes(on(1)),
      concatBytes(on(2)),
      ...on(3).filter((payload) => payload.length > 0),
    ]);
  },
);
