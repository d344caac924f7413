import { assertEquals } from "@std/assert";
import { type Bytes, concatBytes, encodeText } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { BodyDecoder, type BodyFraming } from "../../../src/http/body.ts";
import {
  type ResponseHead,
  ResponseHeadParser,
} from "../../../src/http/head.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { fuzz, mutate, outcome } from "./fuzz.ts";

const HEADS = [
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n",
  "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n",
  "HTTP/1.0 200\r\nTransfer-Encoding: chunked\r\nX-A: a\r\nX-A: b\r\n\r\n",
].map((head) => encodeText(head));

const BODIES = [
  "5\r\nhello\r\n0\r\n\r\n",
  "a;name=value\r\n0123456789\r\n1\r\n.\r\n0\r\nTrailer: x\r\n\r\nrest",
  "ff\r\nshort",
].map((body) => encodeText(body));

function altered(seeded: SeededRandom, samples: readonly Bytes[]): Bytes {
  const sample = seeded.pick(samples);
  return seeded.below(8) === 0
    ? seeded.bytes(seeded.below(80))
    : mutate(seeded, sample);
}

fuzz(
  "any response head is read or is a ProtocolError, the same however it is split",
  (seeded) => {
    const bytes = altered(seeded, HEADS);
    const read = (chunks: readonly Bytes[]) =>
      outcome(ProtocolError, () => {
        const parser = new ResponseHeadParser();
        for (const [index, chunk] of chunks.entries()) {
          const head = parser.feed(chunk);
          if (head === null) continue;
          const rest = concatBytes([parser.rest, ...chunks.slice(index + 1)]);
          return [...describe(head), ...rest].join();
        }
        return null;
      });
    assertEquals(read(seeded.split(bytes, 9)), read([bytes]));
  },
);

function describe({ status, statusText, headers }: ResponseHead): unknown[] {
  return [status, statusText, JSON.stringify([...headers])];
}

fuzz(
  "any body is read or is a ProtocolError, the same however it is split",
  (seeded) => {
    const bytes = altered(seeded, BODIES);
    const framing = seeded.pick<BodyFraming>([
      { kind: "chunked" },
      { kind: "chunked" },
      { kind: "length", length: seeded.below(40) },
      { kind: "until-close" },
    ]);
    const read = (chunks: readonly Bytes[]) => {
      const parts: Bytes[] = [];
      const decoder = new BodyDecoder(framing);
      const end = outcome(ProtocolError, () => {
        for (const chunk of chunks) {
          decoder.feed(chunk, (part) => parts.push(part));
        }
        decoder.end();
        return [...decoder.rest].join();
      });
      return { end, data: [...concatBytes(parts)].join() };
    };
    assertEquals(read(seeded.split(bytes, 9)), read([bytes]));
  },
);
