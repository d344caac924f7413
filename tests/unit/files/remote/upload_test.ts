import { assert, assertEquals } from "@std/assert";
import {
  type Bytes,
  concatBytes,
  decodeText,
  toBytes,
} from "../../../../src/bytes.ts";
import { Upload } from "../../../../src/files/remote/upload.ts";
import type { StreamSession } from "../../../../src/session/stream_session.ts";
import { test } from "../../../harness.ts";
import { pattern, sameBytes } from "../../../support/bytes.ts";

/** A session that notes its stdin; it fails after `limit` writes. */
class FakeSession {
  readonly protocol: string;
  readonly written: Bytes[] = [];
  closed = false;
  #left: number;

  constructor(protocol: string, limit = Infinity) {
    this.protocol = protocol;
    this.#left = limit;
  }

  write(data: string | Bytes): Promise<void> {
    if (this.#left-- <= 0) return Promise.reject(new Error("ended"));
    this.written.push(toBytes(data).slice());
    return Promise.resolve();
  }

  closeStdin(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  get bytes(): Bytes {
    return concatBytes(this.written);
  }
}

function uploadTo(session: FakeSession, total: number | null): Upload {
  return new Upload(session as unknown as StreamSession, total);
}

const V4 = "v4.channel.k8s.io";
const V5 = "v5.channel.k8s.io";

test("Upload: v5 ends stdin, v4 says the size first", async () => {
  for (const [protocol, first] of [[V5, "all\n"], [V4, "5\n"]] as const) {
    const session = new FakeSession(protocol);
    const upload = uploadTo(session, 5);
    assert(await upload.write(pattern(3)));
    assert(await upload.write(pattern(2)));
    assert(await upload.end());
    assertEquals(decodeText(session.written[0]!), first);
    assertEquals(session.bytes.byteLength, first.length + 5);
    assertEquals(session.closed, protocol === V5);
  }
  const nothing = new FakeSession(V5);
  assert(await uploadTo(nothing, null).end());
  assertEquals([decodeText(nothing.bytes), nothing.closed], ["all\n", true]);
});

/** What `sh` of the container would make of frames. */
function unframed(bytes: Bytes): Bytes {
  const parts: Bytes[] = [];
  for (let at = bytes.indexOf(10) + 1;;) {
    const feed = bytes.indexOf(10, at);
    const size = Number(decodeText(bytes.subarray(at, feed)));
    at = feed + 1 + size;
    assert(at <= bytes.byteLength);
    if (size === 0) {
      assertEquals(at, bytes.byteLength);
      return concatBytes(parts);
    }
    parts.push(bytes.subarray(feed + 1, at));
  }
}

test("Upload: on v4 a size that is not known goes in frames, however the parts are cut", async () => {
  for (const length of [0, 1, 1_048_576, 1_048_577, 3_000_000]) {
    const content = pattern(length);
    for (const size of [65_536, 1_048_576, 2_500_000]) {
      const session = new FakeSession(V4);
      const upload = uploadTo(session, null);
      for (let at = 0; at < length; at += size) {
        assert(await upload.write(content.subarray(at, at + size)));
      }
      assert(await upload.end());
      assert(sameBytes(unframed(session.bytes), content), `${length}, ${size}`);
      assert(session.written.every((it) => it.byteLength <= 1_048_576));
    }
  }
});

test("Upload: a session that has ended takes no more", async () => {
  for (const protocol of [V4, V5]) {
    for (const limit of [0, 1, 2]) {
      const upload = uploadTo(new FakeSession(protocol, limit), null);
      const taken = [
        await upload.write(pattern(1_048_576)),
        await upload.write(pattern(1_048_576)),
        await upload.end(),
      ];
      assertEquals(taken.at(1), false);
    }
  }
});
