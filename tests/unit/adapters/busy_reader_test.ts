// A reader that works on every chunk of an endless output must not block timers,
// signals and other requests. On Deno, a TLS read resolves at once while there is
// data, and nothing but promises would ever run.
import { assert, assertEquals } from "@std/assert";
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readLines } from "../../../src/streams/read_lines.ts";
import type { Bytes } from "../../../src/bytes.ts";
import type {
  HttpRequest,
  TlsOptions,
} from "../../../src/transport/transport.ts";
import { runtimeTransport } from "../../conformance/transport/subject.ts";
import { test } from "../../harness.ts";
import { blockEventLoop, rejection } from "../../support/async.ts";
import { textOf } from "../../support/bytes.ts";
import { runtimeArgs } from "../../support/podwire_command.ts";
import { observeChild } from "../../support/observed_child.ts";

const SERVER = fileURLToPath(
  new URL("../../support/flood_server.ts", import.meta.url),
);

/** How long to read, in milliseconds, if no timer ends it. */
const LIMIT = 5_000;

/** When a timer of 100 ms has to fire, on a busy machine. Blocked, it never does. */
const IN_TIME = 4_000;

/** Requests for a flood server, which runs in a process of its own. */
interface Flood {
  request(changes?: Partial<HttpRequest>): HttpRequest;
}

async function withFlood(body: (flood: Flood) => Promise<void>): Promise<void> {
  const child = observeChild(
    spawn(process.execPath, [...runtimeArgs(), SERVER], {
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  const closed = new Promise((resolve) => child.once("close", resolve));
  try {
    let output = "";
    while (!output.endsWith("\n")) {
      output += await new Promise((resolve) =>
        child.stdout!.once("data", (chunk) => resolve(String(chunk)))
      );
    }
    const { port, authority } = JSON.parse(output);
    const tls: TlsOptions = { certificateAuthority: authority };
    await body({
      request: (changes) => ({
        method: "GET",
        url: new URL(`https://127.0.0.1:${port}/flood`),
        headers: {},
        body: null,
        tls,
        proxy: null,
        signal: new AbortController().signal,
        ...changes,
      }),
    });
  } finally {
    child.kill("SIGKILL");
    await closed;
  }
}

/** Reads with 1 ms of work per chunk until `done` or the limit, then cancels. */
async function readSlowly(
  body: ReadableStream<Bytes>,
  done: () => boolean,
): Promise<void> {
  const reader = body.getReader();
  const start = performance.now();
  try {
    while (!done() && performance.now() - start < LIMIT) {
      await reader.read();
      blockEventLoop(1);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

test("a busy reader of a flood: a timer fires in time", () =>
  withFlood(async (flood) => {
    const { body } = await runtimeTransport().request(flood.request());
    const start = performance.now();
    let fired = 0;
    setTimeout(() => fired = performance.now() - start, 100);
    await readSlowly(body, () => fired > 0);
    assert(fired > 0 && fired < IN_TIME, `the timer fired after ${fired} ms`);
  }));

test("a busy reader of a flood: a signal ends the body in time", () =>
  withFlood(async (flood) => {
    const controller = new AbortController();
    const { signal } = controller;
    const transport = runtimeTransport();
    const { body } = await transport.request(flood.request({ signal }));
    setTimeout(() => controller.abort(new Error("enough")), 200);
    const start = performance.now();
    const error = await rejection(readSlowly(body, () => false));
    assertEquals(error, signal.reason);
    assert(performance.now() - start < IN_TIME);
  }));

test("a busy reader of a flood: another request is answered", () =>
  withFlood(async (flood) => {
    const transport = runtimeTransport();
    const { body } = await transport.request(flood.request());
    const { url } = flood.request();
    let answer = "";
    const other = transport.request(flood.request({ url: new URL("/ok", url) }))
      .then(async ({ body }) => {
        answer = await textOf(body);
      });
    await readSlowly(body, () => answer !== "");
    assertEquals(answer, "ok");
    await other;
  }));

test("a busy receiver of messages: a timer fires in time", () =>
  withFlood(async (flood) => {
    const connection = await runtimeTransport()
      .connect({ ...flood.request(), protocols: ["v5"] });
    const start = performance.now();
    let fired = 0;
    setTimeout(() => fired = performance.now() - start, 100);
    await new Promise<void>((resolve) => {
      connection.open({
        data: () => {
          blockEventLoop(1);
          if (fired > 0 || performance.now() - start > LIMIT) resolve();
        },
        drained: () => {},
        pong: () => {},
        closed: () => resolve(),
      });
    });
    connection.abort();
    await connection.released;
    assert(fired > 0 && fired < IN_TIME, `the timer fired after ${fired} ms`);
  }));

test("a busy sender of messages: a timer fires in time", () =>
  withFlood(async (flood) => {
    const { url } = flood.request();
    const connection = await runtimeTransport().connect({
      ...flood.request({ url: new URL("/sink", url) }),
      protocols: ["v5"],
    });
    let drained = (): void => {};
    connection.open({
      data: () => {},
      drained: () => drained(),
      pong: () => {},
      closed: () => {},
    });
    const start = performance.now();
    let fired = 0;
    setTimeout(() => fired = performance.now() - start, 100);
    const chunk = new Uint8Array(32 * 1024);
    while (fired === 0 && performance.now() - start < LIMIT) {
      const room = new Promise<void>((resolve) => drained = resolve);
      await (connection.send([chunk]) ? null : room);
      blockEventLoop(1);
    }
    connection.abort();
    await connection.released;
    assert(fired > 0 && fired < IN_TIME, `the timer fired after ${fired} ms`);
  }));

test("a busy reader of lines: a timer fires in time", () =>
  withFlood(async (flood) => {
    const { body } = await runtimeTransport().request(flood.request());
    const start = performance.now();
    let fired = 0;
    setTimeout(() => fired = performance.now() - start, 100);
    for await (const _ of readLines(body, "read the flood")) {
      blockEventLoop(1);
      if (fired > 0 || performance.now() - start > LIMIT) break;
    }
    assert(fired > 0 && fired < IN_TIME, `the timer fired after ${fired} ms`);
  }));
