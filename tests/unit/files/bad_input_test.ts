import { assertEquals } from "@std/assert";
import { Api, Deployment, Pod } from "../../../mod.ts";
import {
  readFile,
  readTree,
  writeFile,
  writeTree,
} from "../../../src/files/mod.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { streamOf } from "../../support/bytes.ts";
import { fakeClient } from "../../support/fake_client.ts";
import { FakeTransport } from "../../support/fake_transport.ts";

/** An argument of any type, as JavaScript can give it. */
// deno-lint-ignore no-explicit-any
type Given = any;

const transport = new FakeTransport();
const pods = new Api(Pod, { client: fakeClient(transport) });

/** The calls with a path and options. */
const CALLS: Readonly<
  Record<
    string,
    (path: Given, options?: Given, api?: Given) => Promise<unknown>
  >
> = {
  readFile: (path, options, api = pods) =>
    readFile(api, "web-0", path, options),
  writeFile: (path, options, api = pods) =>
    writeFile(api, "web-0", path, "", options),
  readTree: async (path, options, api = pods) =>
    await readTree(api, "web-0", path, options).next(),
  writeTree: (path, options, api = pods) =>
    writeTree(api, "web-0", path, [], options),
};

async function messageOf(call: Promise<unknown>): Promise<string> {
  const error = await rejection<Error>(call, Error);
  return `${error.name}: ${error.message}`;
}

test("files: paths and options that cannot be are refused, and nothing is sent", async () => {
  for (const call of Object.values(CALLS)) {
    for (const path of ["", null, undefined, 7, "a\0b", "\ud800"]) {
      const message = await messageOf(call(path));
      assertEquals(/^TypeError: Cannot \w+ \w+: the path /.test(message), true);
    }
    const options: [Given, string][] = [
      [{ contaner: "main" }, 'there is no option "contaner"; did you mean'],
      [[], "the options must be an object"],
      [{ timeout: -1 }, "timeout -1"],
      [{ container: "" }, "container must be a non-empty string"],
    ];
    for (const [given, words] of options) {
      const message = await messageOf(call("/x", given));
      assertEquals(message.includes(words), true, message);
    }
    const signal = AbortSignal.abort(new Error("enough"));
    assertEquals(await messageOf(call("/x", { signal })), "Error: enough");
  }
  assertEquals(transport.upgrades, []);
  assertEquals(transport.requests, []);
});

test("files: only an Api with exec will do", async () => {
  const { client } = { client: fakeClient(transport) };
  const deployments = new Api(Deployment, { client });
  for (const call of Object.values(CALLS)) {
    for (const api of [null, {}, client]) {
      const message = await messageOf(call("/x", {}, api));
      assertEquals(message.includes("must be an Api of pods"), true, message);
    }
    const message = await messageOf(call("/x", {}, deployments));
    assertEquals(
      message,
      "SubresourceNotAvailableError: Cannot use exec on a Deployment: it has no such subresource",
    );
  }
  assertEquals(transport.upgrades, []);
});

test("writeFile: a mode, a size, a time, a path or a content that cannot be is refused", async () => {
  const locked = streamOf([new Uint8Array()]);
  locked.getReader();
  const cases: [Promise<void>, string][] = [
    [writeFile(pods, "web-0", "/x/", ""), "the path names a directory"],
    [writeFile(pods, "web-0", "/x", "", { mode: 0o10000 }), "the mode 4096"],
    [writeFile(pods, "web-0", "/x", "", { mode: 6.4 }), "the mode 6.4"],
    [writeFile(pods, "web-0", "/x", "", { size: -1 }), "the size -1"],
    [
      writeFile(pods, "web-0", "/x", "", { modified: new Date(NaN) }),
      "modified is not a valid Date",
    ],
    [writeFile(pods, "web-0", "/x", locked), "ReadableStream that is locked"],
    [writeFile(pods, "web-0", "/x", 7 as Given), "the content must be"],
    [
      writeFile(pods, "web-0", "/x", "", { onProgress: 1 as Given }),
      "onProgress is not a function",
    ],
    [writeTree(pods, "web-0", "/x", 7 as Given), "entries must be an iterable"],
  ];
  const messages = await Promise.all(cases.map(([call]) => messageOf(call)));
  for (const [index, [, words]] of cases.entries()) {
    const message = messages[index]!;
    assertEquals(message.includes(words), true, message);
  }
  assertEquals(transport.upgrades, []);
});
