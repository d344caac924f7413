import { concatBytes } from "../../../src/bytes.ts";
import { ProtocolError } from "../../../src/errors.ts";
import type { SpdyRole } from "../../../src/spdy/frame.ts";
import { SpdyReader } from "../../../src/spdy/frame_reader.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The fields of a raw control frame, valid or not. */
export interface RawControl {
  readonly version?: number;
  readonly type: number;
  readonly flags?: number;
  readonly body?: Uint8Array | readonly number[];
}

/** A control frame made byte by byte, independently of the code under test. */
export function rawControl(frame: RawControl): Bytes {
  const { version = 3, type, flags = 0, body = [] } = frame;
  const { length } = body;
  return Uint8Array.from([
    0x80 | version >> 8,
    version & 255,
    type >> 8,
    type & 255,
    flags,
    length >> 16,
    length >> 8 & 255,
    length & 255,
    ...body,
  ]);
}

/** A data frame made byte by byte. */
export function rawData(
  stream: number,
  data: Uint8Array,
  fin = false,
): Bytes {
  const { length } = data;
  const head = [0, 0, 0, stream, fin ? 1 : 0, length >> 16];
  return concatBytes([
    Uint8Array.from([...head, length >> 8 & 255, length & 255]),
    data,
  ]);
}

/** What a reader told, the parts of data put together. */
export type Told =
  | { readonly opened: number; readonly headerBlock: Bytes }
  | { readonly stream: number; readonly data: Bytes }
  | { readonly finished: number }
  | { readonly reset: number; readonly status: number }
  | { readonly ping: number }
  | { readonly error: string };

/** Everything that a reader tells of `chunks`, up to its error if any. */
export function readAll(role: SpdyRole, chunks: readonly Bytes[]): Told[] {
  const told: Told[] = [];
  const reader = new SpdyReader(role, {
    opened: (opened, headerBlock) => told.push({ opened, headerBlock }),
    data(stream, part) {
      const last = told.at(-1);
      if (last !== undefined && "stream" in last && last.stream === stream) {
        told.pop();
        part = concatBytes([last.data, part]);
      }
      told.push({ stream, data: part.slice() });
    },
    finished: (finished) => told.push({ finished }),
    reset: (reset, status) => told.push({ reset, status }),
    ping: (ping) => told.push({ ping }),
  });
  try {
    for (const chunk of chunks) reader.read(chunk);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    told.push({ error: error.message });
  }
  return told;
}
