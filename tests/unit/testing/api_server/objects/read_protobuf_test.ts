import { assertEquals } from "@std/assert";
import type { Bytes } from "../../../../../src/bytes.ts";
import { readProtobuf } from "../../../../../src/testing/api_server/objects/read_protobuf.ts";
import { test } from "../../../../harness.ts";

/** What kubectl 1.32 sends for `create deployment web --image=busybox`. */
const DEPLOYMENT = `
  6b 38 73 00 0a 15 0a 07 61 70 70 73 2f 76 31 12 0a 44 65 70 6c 6f 79 6d 65
  6e 74 12 af 01 0a 1f 0a 03 77 65 62 12 00 1a 00 22 00 2a 00 32 00 38 00 42
  00 5a 0a 0a 03 61 70 70 12 03 77 65 62 12 7e 08 01 12 0c 0a 0a 0a 03 61 70
  70 12 03 77 65 62 1a 64 0a 1c 0a 00 12 00 1a 00 22 00 2a 00 32 00 38 00 42
  00 5a 0a 0a 03 61 70 70 12 03 77 65 62 12 44 12 26 0a 07 62 75 73 79 62 6f
  78 12 07 62 75 73 79 62 6f 78 2a 00 42 00 6a 00 72 00 80 01 00 88 01 00 90
  01 00 a2 01 00 1a 00 32 00 42 00 4a 00 52 00 58 00 60 00 68 00 82 01 00 8a
  01 00 9a 01 00 c2 01 00 22 02 0a 00 28 00 38 00 1a 0c 08 00 10 00 18 00 20
  00 28 00 38 00 1a 00 22 00`;

function bytes(hex: string): Bytes {
  return new Uint8Array(hex.trim().split(/\s+/).map((it) => parseInt(it, 16)));
}

test("readProtobuf: a deployment of kubectl, without what is not set", () => {
  const labels = { app: "web" };
  const container = { name: "busybox", image: "busybox", resources: {} };
  assertEquals(readProtobuf(bytes(DEPLOYMENT)), {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
      strategy: {},
    },
  });
});

/** An envelope around a ConfigMap of these bytes. */
function configMap(...raw: number[]): Bytes {
  const type = "0a 0f 0a 02 76 31 12 09 43 6f 6e 66 69 67 4d 61 70";
  return new Uint8Array([
    ...bytes(`6b 38 73 00 ${type} 12`),
    raw.length,
    ...raw,
  ]);
}

test("readProtobuf: maps, also with names that objects have already", () => {
  const proto = new TextEncoder().encode("__proto__");
  const key = [0x0a, proto.length, ...proto];
  const entry = [...key, 0x12, 1, 0x78];
  const read = readProtobuf(configMap(0x12, entry.length, ...entry));
  assertEquals(Object.entries(read!.data as object), [["__proto__", "x"]]);
  assertEquals(({} as Record<string, unknown>).x, undefined);
});

test("readProtobuf: null where something would be lost or cannot be read", () => {
  const whole = bytes(DEPLOYMENT);
  assertEquals(readProtobuf(configMap())?.kind, "ConfigMap");
  for (
    const [what, body] of [
      ["an unknown field", configMap(0x7a, 0)],
      ["a field of another type", configMap(0x08, 1)],
      ["a wire type that it has not", configMap(0x0d, 0, 0, 0, 0)],
      ["an endless varint", configMap(0x20, ...Array(11).fill(0xff))],
      ["a field longer than the message", configMap(0x0a, 9, 0)],
      ["JSON", new TextEncoder().encode('{"kind":"ConfigMap"}')],
      ["nothing", new Uint8Array()],
      ["another kind", configMap().map((it) => it === 0x43 ? 0x44 : it)],
    ] as const
  ) assertEquals(readProtobuf(body), null, what);
  for (let length = 0; length < whole.length - 4; length++) {
    const cut = readProtobuf(whole.slice(0, length));
    assertEquals(cut === null || cut.kind === "Deployment", true);
  }
});
