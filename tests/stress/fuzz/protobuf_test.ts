import { assertEquals } from "@std/assert";
import { readProtobuf } from "../../../src/testing/api_server/objects/read_protobuf.ts";
import { fuzz } from "./fuzz.ts";

const encoder = new TextEncoder();
const TYPE = [0x0a, 0x02, 0x76, 0x31, 0x12, 0x06, ...encoder.encode("Secret")];

fuzz("protobuf of any bytes is an object or null", (seeded) => {
  const raw = seeded.bytes(seeded.below(40));
  // Mostly numbers of fields that are known, and small lengths.
  for (let at = 0; at < raw.length; at++) {
    if (seeded.below(3) > 0) raw[at] = seeded.pick([0x0a, 0x12, 0x1a, 0, 1, 3]);
  }
  const body = new Uint8Array([
    ...encoder.encode("k8s\0"),
    0x0a,
    TYPE.length,
    ...TYPE,
    0x12,
    raw.length,
    ...raw,
  ]);
  const object = readProtobuf(body);
  if (object !== null) assertEquals(object.kind, "Secret");
});
