import { assert, assertEquals } from "@std/assert";
import {
  CallTimeoutError,
  PortForwardError,
  SessionEndedError,
} from "../../src/errors.ts";
import { eventually, rejection } from "../support/async.ts";
import { pattern, sameBytes } from "../support/bytes.ts";
import { closedPort } from "../support/byte_server.ts";
import { bodyOf, httpPeer, httpScript } from "../support/http_peers.ts";
import { sortedLines, tcpPeer, untilReported } from "../support/port_peers.ts";
import { sumOf } from "../support/tcp_peers.ts";
import type { PortPeer, ServedPort } from "../backends/port_peer.ts";
import { type Fixture, testCase } from "./fixture.ts";

/** Makes a peer's port; the pod that has it, and the URL of the port. */
async function serve(
  { servePort }: Fixture,
  peer: PortPeer,
): Promise<{ served: ServedPort; name: string; url: string }> {
  const served = await servePort(peer);
  const name = await served.pod();
  return { served, name, url: `http://web.test:${served.port}` };
}

/** Answers with the request in JSON. */
const DESCRIBE_REQUEST = `
sum=$(body | tee /tmp/body | sha256sum)
quoted() {
  value=$(header "$1")
  [ -n "$value" ] && printf '"%s"' "$value" || printf null
}
answer 'HTTP/1.1 201 Created' 'x-answer: yes' 'set-cookie: a=1' 'set-cookie: b=2'
printf '{"method":"%s","url":"%s","host":%s,"type":%s,' \\
  "$method" "$target" "$(quoted host)" "$(quoted content-type)"
printf '"mine":%s,"length":%s,"sum":"%s %s"}' \\
  "$(quoted x-mine)" "$(quoted content-length)" \\
  "$(wc -c < /tmp/body)" "\${sum%% *}"
`;

testCase(
  "port-forward fetch: method, headers and body there, status, headers and body back",
  async (fixture) => {
    const peer = httpPeer(async (request, response) => {
      const { method, url, headers } = request;
      const sum = await sumOf(await bodyOf(request));
      response.writeHead(201, {
        "x-answer": "yes",
        "set-cookie": ["a=1", "b=2"],
      });
      response.end(JSON.stringify({
        method,
        url,
        host: headers.host,
        type: headers["content-type"] ?? null,
        mine: headers["x-mine"] ?? null,
        length: headers["content-length"] ?? null,
        sum,
      }));
    }, DESCRIBE_REQUEST);
    const { name, url } = await serve(fixture, peer);
    const { portForward } = fixture.pods;
    const body = pattern(200_000);
    const response = await portForward.fetch(name, `${url}/a?b=c`, {
      method: "PUT",
      headers: { "x-mine": "1", "content-type": "text/x" },
      body,
    });
    assertEquals(response.status, 201);
    assertEquals(response.headers.get("x-answer"), "yes");
    assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
    assertEquals(await response.json(), {
      method: "PUT",
      url: "/a?b=c",
      host: new URL(url).host,
      type: "text/x",
      mine: "1",
      length: `${body.byteLength}`,
      sum: await sumOf(body),
    });
    const got = await (await portForward.fetch(name, url)).json();
    assertEquals([got.method, got.url, got.length], ["GET", "/", null]);
    const empty = await portForward.fetch(name, url, { method: "POST" });
    assertEquals((await empty.json()).length, "0");
    const text = await portForward.fetch(name, url, {
      method: "POST",
      body: new URLSearchParams({ a: "b" }),
    });
    assertEquals(
      (await text.json()).type,
      "application/x-www-form-urlencoded;charset=UTF-8",
    );
  },
);

testCase(
  "port-forward fetch: bodies are streamed both ways",
  async (fixture) => {
    const download = pattern(2_000_000);
    let report = "";
    const peer = httpPeer(
      async (request, response) => {
        assertEquals(request.headers["transfer-encoding"], "chunked");
        report = await sumOf(await bodyOf(request));
        response.write(download.subarray(0, 1_000_000));
        response.end(download.subarray(1_000_000));
      },
      `body > /tmp/body; sum=$(sha256sum < /tmp/body)
       printf '%s %s' "$(wc -c < /tmp/body)" "\${sum%% *}" > /tmp/report
       answer 'HTTP/1.1 200 OK' 'transfer-encoding: chunked'
       printf '1e8480\\r\\n'; cat /tmp/download; printf '\\r\\n0\\r\\n\\r\\n'`,
      { files: { "/tmp/download": download }, report: () => report },
    );
    const { served, name, url } = await serve(fixture, peer);
    const upload = pattern(1_000_000, 2);
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(upload.subarray(at, at += 70_001));
        if (at >= upload.length) controller.close();
      },
    });
    const init = { method: "POST", body };
    const response = await fixture.pods.portForward.fetch(name, url, init);
    const received = new Uint8Array(await response.arrayBuffer());
    assert(sameBytes(received, download));
    assertEquals(await served.report(name), await sumOf(upload));
  },
  { timeout: 60_000 },
);

testCase(
  "port-forward fetch: redirects, and statuses without a body",
  async (fixture) => {
    const peer = httpPeer((request, response) => {
      const status = Number(request.url!.slice(1));
      response.writeHead(status, { location: "/elsewhere" });
      response.end();
    }, `answer "HTTP/1.1 \${target#/} Words" 'location: /elsewhere'`);
    const { name, url } = await serve(fixture, peer);
    for (const status of [204, 302, 304, 404]) {
      const response = await fixture.pods.portForward.fetch(
        name,
        `${url}/${status}`,
      );
      assertEquals(response.status, status);
      assertEquals(response.headers.get("location"), "/elsewhere");
      assertEquals(await response.text(), "");
    }
    const head = await fixture.pods.portForward.fetch(name, `${url}/200`, {
      method: "HEAD",
    });
    assertEquals([head.status, await head.text()], [200, ""]);
  },
);

testCase(
  "port-forward fetch: a refused port is PortForwardError",
  async (fixture) => {
    const port = await closedPort();
    const name = await fixture.pod();
    const error = await rejection(
      fixture.pods.portForward.fetch(name, `http://web:${port}/`),
      PortForwardError,
    );
    assertEquals([error.port, error.reason], [port, "Unreachable"]);
  },
);

testCase(
  "port-forward fetch: an abort before the head, and in the body, and a close",
  async (fixture) => {
    let open = 0;
    let report = "";
    const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const peer = tcpPeer(
      (socket) => {
        open++;
        report += "opened\n";
        socket.once("close", () => {
          open--;
          report += "closed\n";
        });
        socket.once("end", () => socket.end());
        socket.on("data", (chunk: Uint8Array) => {
          if (!`${chunk}`.includes("/body")) return;
          socket.write(`${head}5\r\nbegun\r\n`);
        });
      },
      `echo opened >> /tmp/report\n` + httpScript(`
        [ "$target" != /body ] || {
          answer 'HTTP/1.1 200 OK' 'transfer-encoding: chunked'
          printf '5\\r\\nbegun\\r\\n'
        }
        cat > /dev/null; echo closed >> /tmp/report`),
      { report: () => report },
    );
    const { served, name, url } = await serve(fixture, peer);
    const { portForward } = fixture.pods;
    const reason = new Error("enough");
    const first = new AbortController();
    const pending = portForward.fetch(name, url, { signal: first.signal });
    setTimeout(() => first.abort(reason), 100);
    assertEquals(await rejection(pending), reason);
    const second = new AbortController();
    const response = await portForward.fetch(name, `${url}/body`, {
      signal: second.signal,
    });
    const reader = response.body!.getReader();
    await reader.read();
    second.abort(reason);
    assertEquals(await rejection(reader.read()), reason);
    await rejection(
      portForward.fetch(name, url, { timeout: 200 }),
      CallTimeoutError,
    );
    const cancelled = await portForward.fetch(name, `${url}/body`);
    await cancelled.body!.cancel();
    // Two may have ended before they reached the pod.
    await untilReported(served, name, (report) => {
      const lines = sortedLines(report);
      const closed = lines.lastIndexOf("closed") + 1;
      return closed >= 2 && lines.length === 2 * closed;
    });
    const last = await portForward.fetch(name, `${url}/body`);
    const rest = last.text();
    rest.catch(() => {});
    await fixture.client.close();
    await rejection(rest, SessionEndedError);
    await eventually(() => open === 0);
  },
  { timeout: 60_000 },
);

testCase(
  "port-forward fetch: a source that fails is the call's error",
  async (fixture) => {
    const peer = httpPeer((request) => request.resume(), "body > /dev/null");
    const { name, url } = await serve(fixture, peer);
    const reason = new Error("no more");
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(pattern(10)),
      pull: () => {
        throw reason;
      },
    });
    const init = { method: "POST", body };
    const failed = fixture.pods.portForward.fetch(name, url, init);
    assertEquals(await rejection(failed), reason);
  },
);

testCase(
  "port-forward fetch: what it cannot do is refused",
  async ({ pods }) => {
    const { portForward } = pods;
    for (const url of ["web", "ftp://web/", "http://user:pw@web/"]) {
      await rejection(portForward.fetch("web-0", url), TypeError);
    }
    const body = new ReadableStream();
    await rejection(
      portForward.fetch("web-0", "http://web/", { body }),
      TypeError,
    );
    await rejection(portForward.fetch("web-0", "http://web:0/"), TypeError);
  },
);
