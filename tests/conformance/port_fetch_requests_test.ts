// Odd requests of `portForward.fetch`.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createServer } from "node:http";
import { decodeLatin1 } from "../../src/bytes.ts";
import type { PortFetchInit } from "../../src/api/port_forward/fetch_options.ts";
import { PortForwardError } from "../../src/errors.ts";
import { eventually, rejection } from "../support/async.ts";
import { closedPort, startByteServer } from "../support/byte_server.ts";
import { streamOf } from "../support/bytes.ts";
import { type Fixture, testCase } from "./fixture.ts";

const options = { needs: ["local ports"] } as const;

const SECRET = "s3cret";

/** Runs `body` with a URL whose server records requests as they were sent. */
async function withRecorder(
  body: (url: string, requests: string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const peer = await startByteServer((socket) => {
    const index = requests.push("") - 1;
    socket.on("data", (chunk: Uint8Array) => {
      const text = requests[index]! += decodeLatin1(new Uint8Array(chunk));
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [head, sent] = [text.slice(0, end), text.slice(end + 4)];
      const [, length = "0"] = /content-length: (\d+)/.exec(head) ?? [];
      const isComplete = head.includes("chunked")
        ? text.endsWith("0\r\n\r\n")
        : sent.length >= Number(length);
      if (isComplete) socket.write("HTTP/1.1 204 No\r\n\r\n");
    });
  });
  try {
    await body(`http://web.test:${peer.port}/`, requests);
  } finally {
    await peer.close();
  }
}

/** The fields of a request's head, and what follows it. */
function parsed(request: string | undefined) {
  const end = request!.indexOf("\r\n\r\n");
  const [start = "", ...lines] = request!.slice(0, end).split("\r\n");
  const fields = lines.map((line) => line.split(": ") as [string, string]);
  return {
    start,
    fields: new Map(fields),
    count: fields.length,
    body: request!.slice(end + 4),
  };
}

testCase(
  "port-forward fetch: a Request is sent as it is, and options count before it",
  async (fixture) => {
    await withRecorder(async (url, requests) => {
      const name = await fixture.pod();
      const { portForward } = fixture.pods;
      const request = new Request(`${url}a?b#c`, {
        method: "POST",
        headers: { "x-mine": "1", "content-type": "text/x" },
        body: "text",
      });
      await portForward.fetch(name, request);
      const { start, fields, body } = parsed(requests[0]);
      assertEquals(start, "POST /a?b HTTP/1.1");
      assertEquals(fields.get("x-mine"), "1");
      assertEquals(fields.get("content-type"), "text/x");
      assertEquals(body, "4\r\ntext\r\n0\r\n\r\n");
      assert(request.bodyUsed);
      await rejection(portForward.fetch(name, request), TypeError);

      const init = {
        method: "PUT",
        headers: { "x-other": "2" },
        body: "other",
      };
      await portForward.fetch(name, new Request(url), init);
      const other = parsed(requests[1]);
      assertEquals(other.start, "PUT / HTTP/1.1");
      assertEquals(other.fields.get("x-other"), "2");
      assertEquals(other.body, "other");
      await portForward.fetch(
        name,
        url,
        new Request(url, { method: "DELETE" }),
      );
      assertEquals(parsed(requests[2]).start, "DELETE / HTTP/1.1");
      assertEquals(requests.length, 3);

      const controller = new AbortController();
      const { signal } = controller;
      const aborted = new Request(url, { signal });
      const reason = new Error("enough");
      controller.abort(reason);
      assertEquals(await rejection(portForward.fetch(name, aborted)), reason);
      assertEquals(requests.length, 3);
    });
  },
  options,
);

testCase(
  "port-forward fetch: every field is sent but those of the connection",
  async (fixture) => {
    await withRecorder(async (url, requests) => {
      const headers = {
        cookie: "a=1; b=2",
        origin: "https://ops.example",
        referer: "https://ops.example/",
        host: "other.test",
        "user-agent": "mine",
        connection: "keep-alive, x-hop",
        "keep-alive": "timeout=5",
        "content-length": "99",
        "transfer-encoding": "gzip",
        upgrade: "websocket",
        te: "trailers",
      };
      const name = await fixture.pod();
      const body = streamOf([new Uint8Array([97]), new Uint8Array([98])]);
      const init = { method: "POST", headers, body };
      await fixture.pods.portForward.fetch(name, url, init);
      const { fields, count, body: sent } = parsed(requests[0]);
      for (const field of ["cookie", "origin", "referer", "host"] as const) {
        assertEquals(fields.get(field), headers[field]);
      }
      assertEquals(fields.get("user-agent"), "mine");
      assertEquals(fields.get("connection"), "close");
      assertEquals(fields.get("transfer-encoding"), "chunked");
      assertEquals(fields.get("accept"), "*/*");
      for (const field of ["content-length", "keep-alive", "upgrade", "te"]) {
        assertEquals(fields.get(field), undefined);
      }
      assertEquals(fields.size, count);
      assertEquals(sent, "1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
    });
  },
  options,
);

testCase(
  "port-forward fetch: a request that an HTTP server received is passed on",
  async (fixture) => {
    await withRecorder(async (url, requests) => {
      const name = await fixture.pod();
      const { portForward } = fixture.pods;
      const server = createServer((request, response) => {
        const { method = "", headers } = request;
        const fields = Object.entries(headers) as [string, string][];
        portForward.fetch(name, url, { method, headers: fields }).then(
          ({ status }) => response.writeHead(status).end(),
          (error) => response.writeHead(500).end(`${error}`),
        );
      });
      await new Promise<void>((resolve) =>
        server.listen({ port: 0, host: "127.0.0.1" }, resolve)
      );
      const { port } = server.address() as { port: number };
      try {
        const headers = { connection: "close", "x-mine": "1" };
        const front = `http://127.0.0.1:${port}/`;
        const response = await fetch(front, { method: "DELETE", headers });
        assertEquals([response.status, await response.text()], [204, ""]);
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
      const { start, fields } = parsed(requests[0]);
      assertEquals(start, "DELETE / HTTP/1.1");
      assertEquals(fields.get("x-mine"), "1");
    });
  },
  options,
);

testCase(
  "port-forward fetch: the kinds of a body, and their types",
  async (fixture) => {
    const form = new FormData();
    form.set("a", "b");
    const rows: readonly [BodyInit, string | undefined | RegExp, string][] = [
      ["text", "text/plain;charset=UTF-8", "text"],
      [new Uint8Array([104, 105]).subarray(1), undefined, "i"],
      [new Uint8Array([104, 105]).buffer, undefined, "hi"],
      [new Blob(["blob"], { type: "text/x" }), "text/x", "blob"],
      [
        new URLSearchParams({ a: "b c" }),
        "application/x-www-form-urlencoded;charset=UTF-8",
        "a=b+c",
      ],
      [form, /^multipart\/form-data; ?boundary=/, 'name="a"'],
      ["", "text/plain;charset=UTF-8", ""],
    ];
    await withRecorder(async (url, requests) => {
      const name = await fixture.pod();
      for (const [body, type, text] of rows) {
        const init = { method: "POST", body };
        await fixture.pods.portForward.fetch(name, url, init);
        const { fields, body: sent } = parsed(requests.at(-1));
        const given = fields.get("content-type");
        if (type instanceof RegExp) assert(type.test(`${given}`), given);
        else assertEquals(given?.toLowerCase(), type?.toLowerCase());
        if (type instanceof RegExp) assert(`${requests.at(-1)}`.includes(text));
        else assertEquals(sent, text);
        assert(fields.has("content-length"));
      }
    });
  },
  options,
);

testCase(
  "port-forward fetch: what is invalid is refused without a secret",
  async ({ pods }) => {
    const locked = streamOf([new Uint8Array(1)]);
    locked.getReader();
    const url = "http://web/";
    const rows: readonly [unknown, unknown][] = [
      [url, { methd: "POST" }],
      [url, { dispatcher: {} }],
      [url, "POST"],
      [url, { method: "TRACE" }],
      [url, { method: "CONNECT" }],
      [url, { method: `GET ${SECRET}` }],
      [url, { method: "HEAD", body: "x" }],
      [url, { method: "POST", body: locked }],
      [url, { method: "POST", body: { a: 1 } }],
      [url, { method: "POST", body: 5 }],
      [url, { integrity: "sha256-a" }],
      [url, { headers: { authorization: `Bearer ${SECRET}\nx: y` } }],
      [url, { headers: { authorization: `Bearer ${SECRET}…` } }],
      [url, { headers: { [`a b ${SECRET}`]: "x" } }],
      [url, { headers: 5 }],
      [`http://user:${SECRET}@web/`, {}],
      [`http://web:99999/?token=${SECRET}`, {}],
      [`ftp://web/?token=${SECRET}`, {}],
      [SECRET, {}],
      [null, {}],
    ];
    for (const [input, init] of rows) {
      const error = await rejection(
        pods.portForward.fetch(
          "web-0",
          input as string,
          init as PortFetchInit,
        ),
        TypeError,
      );
      assertStringIncludes(error.message, "Cannot fetch from a pod");
      assert(!`${error.stack}${error.cause}`.includes(SECRET), error.message);
    }
  },
);

testCase(
  "port-forward fetch: an error shows neither the query nor a field",
  async (fixture) => {
    const name = await fixture.pod();
    const port = await closedPort();
    const error = await rejection(
      fixture.pods.portForward.fetch(
        name,
        `http://web:${port}/?token=${SECRET}`,
        { headers: { authorization: `Bearer ${SECRET}` } },
      ),
      PortForwardError,
    );
    let text = "";
    for (let it: unknown = error; it instanceof Error; it = it.cause) {
      text += `${it.stack}${JSON.stringify(it)}`;
    }
    assert(!text.includes(SECRET), text);
  },
  options,
);

/** A stream without an end, and the reasons that it was cancelled with. */
function endless(): [ReadableStream<Uint8Array>, unknown[]] {
  const reasons: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.enqueue(new Uint8Array(1000));
    },
    cancel: (reason) => void reasons.push(reason),
  });
  return [stream, reasons];
}

testCase(
  "port-forward fetch: a failed call cancels the source of its body",
  async (fixture: Fixture) => {
    const { portForward } = fixture.pods;
    const name = await fixture.pod();
    const url = `http://web:${await closedPort()}/`;
    for (const pod of [name, "nowhere"]) {
      const [body, reasons] = endless();
      const error = await rejection(
        portForward.fetch(pod, url, { method: "POST", body }),
      );
      await eventually(() => reasons.length > 0);
      assertEquals(reasons, [error]);
    }
    const peer = await startByteServer((socket) => socket.resume());
    try {
      const [body, reasons] = endless();
      const controller = new AbortController();
      const { signal } = controller;
      const there = `http://web:${peer.port}/`;
      const init = { method: "POST", body, signal };
      const pending = rejection(portForward.fetch(name, there, init));
      setTimeout(() => controller.abort(new Error("enough")), 100);
      assertEquals((await pending as Error).message, "enough");
      await eventually(() => reasons.length > 0);
      assertEquals(reasons, [signal.reason]);
    } finally {
      await peer.close();
    }
  },
  options,
);
