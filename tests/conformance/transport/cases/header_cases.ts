import { inspect } from "node:util";
import { assert, assertEquals } from "@std/assert";
import { ConfigurationError, HandshakeError } from "../../../../src/errors.ts";
import type {
  HttpRequest,
  Transport,
} from "../../../../src/transport/transport.ts";
import { test } from "../../../harness.ts";
import { startByteServer } from "../../../support/byte_server.ts";
import { rejection } from "../../../support/async.ts";
import { PROTOCOLS } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

const HEADERS = {
  "impersonate-user": "jane",
  "impersonate-group": ["dev", "ops, and more", ""],
  "impersonate-extra-none": [],
};

const LINES = [
  "impersonate-user: jane",
  "impersonate-group: dev",
  "impersonate-group: ops, and more",
  "impersonate-group: ",
];

/** Several headers of one name. */
export function headerCases({ name, make }: TransportSubject): void {
  const { headers: canSend } = make().capabilities;

  if (canSend) {
    test(`${name}: a list of values is a header for each, in a request and in an upgrade`, async () => {
      assertEquals(await linesOf(200, request), LINES);
      assertEquals(await linesOf(403, upgrade), LINES);
    });
  } else {
    test(`${name}: a list of values is refused, since it might be sent as one`, async () => {
      for (const send of [request, upgrade]) {
        const url = new URL("http://127.0.0.1:1/");
        const error = await rejection(send(make(), url), ConfigurationError);
        assert(error.message.includes("impersonate-"), error.message);
      }
    });
  }

  test(`${name}: a method or a header that cannot be sent is a TypeError without the value`, async () => {
    const parts: readonly Partial<HttpRequest>[] = [
      { method: "BAD METHOD" },
      { headers: { "x a": "s3cret" } },
      { headers: { "x-a": "s3cret\nb: c" } },
      { headers: { "x-a": ["s3cret\0"] } },
      { headers: { "x-a": "s3cret \u2713" } },
    ];
    for (const part of parts) {
      const target = targetOf(new URL("http://127.0.0.1:1/"));
      const sent = { ...target, headers: {}, method: "GET", body: null };
      const error = await rejection(
        make().request({ ...sent, ...part }),
        TypeError,
      );
      assert(error.message.startsWith("Cannot send the "), error.message);
      const shown = inspect(error, { depth: 20, showHidden: true });
      assert(!shown.includes("s3cret"), shown);
    }
  });

  async function linesOf(
    status: number,
    send: (transport: Transport, url: URL) => Promise<void>,
  ): Promise<string[]> {
    let head = "";
    const server = await startByteServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        head += chunk;
        if (!head.endsWith("\r\n\r\n")) return;
        socket.end(`HTTP/1.1 ${status} It\r\ncontent-length: 0\r\n\r\n`);
      });
    });
    try {
      await send(make(), new URL(`http://127.0.0.1:${server.port}/`));
    } finally {
      await server.close();
    }
    return head.split("\r\n").filter((line) => line.startsWith("impersonate"));
  }
}

async function request(transport: Transport, url: URL): Promise<void> {
  const { body } = await transport.request({
    ...targetOf(url),
    method: "GET",
    body: null,
  });
  await body.cancel();
}

async function upgrade(transport: Transport, url: URL): Promise<void> {
  try {
    await transport.connect({ ...targetOf(url), protocols: PROTOCOLS });
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
  }
}

function targetOf(url: URL) {
  const { signal } = new AbortController();
  return { url, headers: HEADERS, tls: {}, proxy: null, signal };
}
