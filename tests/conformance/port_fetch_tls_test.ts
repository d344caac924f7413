// `portForward.fetch` of an `https:` URL: TLS within a forwarded connection.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect } from "node:net";
import type { PortFetchInit } from "../../mod.ts";
import type { Capability } from "../backends/backend.ts";
import {
  CallTimeoutError,
  ConfigurationError,
  ConnectError,
  PortForwardError,
  SessionEndedError,
} from "../../src/errors.ts";
import {
  type HttpServer,
  startHttpServer,
} from "../../src/testing/server/http_server.ts";
import type { ServerExchange } from "../../src/testing/server/server_exchange.ts";
import { seesClientCertificates } from "../../src/testing/server/tls_listener.ts";
import { delay, eventually, rejection } from "../support/async.ts";
import { pattern, sameBytes } from "../support/bytes.ts";
import { closedPort, startByteServer } from "../support/byte_server.ts";
import {
  missingOpenssl,
  withOpensslServer,
} from "../support/openssl_server.ts";
import { sumOf } from "../support/tcp_peers.ts";
import { type CaseOptions, type Fixture, testCase } from "./fixture.ts";
import { nestsTls, sharedCertificates } from "./transport/fixtures.ts";

const needs: Capability[] = ["local ports"];
const options: CaseOptions = {
  needs,
  transports: nestsTls ? ["socket"] : [],
};

type Refusal = typeof TypeError | typeof ConfigurationError;

/** A server in the pod, with a certificate for `kube.internal`. */
async function withTlsServer(
  handle: (exchange: ServerExchange) => void | Promise<void>,
  body: (
    url: string,
    trust: PortFetchInit,
    server: HttpServer,
  ) => Promise<void>,
): Promise<void> {
  const { authority, server: pair } = await sharedCertificates();
  const tls = { ...pair, clientAuthority: authority.certificate };
  const server = await startHttpServer({ tls, handle });
  try {
    const trust = { certificateAuthority: authority.certificate };
    await body(`https://kube.internal:${server.port}`, trust, server);
  } finally {
    await server.close();
  }
}

const hello = (exchange: ServerExchange) =>
  exchange.respond(200, { "x-answer": "yes" }, "hello");

testCase(
  "port-forward fetch: https: a verified server, several times",
  async (fixture) => {
    await withTlsServer(hello, async (url, trust, server) => {
      const name = await fixture.pod();
      const { portForward } = fixture.pods;
      for (let turn = 0; turn < 3; turn++) {
        const response = await portForward.fetch(name, `${url}/a`, trust);
        assertEquals(response.headers.get("x-answer"), "yes");
        assertEquals(await response.text(), "hello");
      }
      const { port } = new URL(url);
      const others: [string, PortFetchInit][] = [
        [`https://127.0.0.1:${port}`, trust],
        [`https://web:${port}`, { ...trust, tlsServerName: "kube.internal" }],
        [`https://web:${port}`, { insecureSkipTlsVerify: true }],
      ];
      for (const [other, init] of others) {
        const response = await portForward.fetch(name, other, init);
        assertEquals(await response.text(), "hello");
      }
      await eventually(() => server.connections === 0);
    });
  },
  options,
);

testCase(
  "port-forward fetch: https: bodies are streamed both ways",
  async (fixture) => {
    const download = pattern(2_000_000);
    let sum = "";
    await withTlsServer(async (exchange) => {
      sum = await sumOf(exchange.request.body);
      exchange.respond(200, {}, download);
    }, async (url, trust) => {
      const name = await fixture.pod();
      const upload = pattern(1_000_000, 2);
      let at = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(upload.subarray(at, at += 70_001));
          if (at >= upload.length) controller.close();
        },
      });
      const init = { ...trust, method: "POST", body };
      const response = await fixture.pods.portForward.fetch(name, url, init);
      const received = new Uint8Array(await response.arrayBuffer());
      assert(sameBytes(received, download));
      assertEquals(sum, await sumOf(upload));
    });
  },
  options,
);

testCase(
  "port-forward fetch: https: a body that is not read pauses the server",
  async (fixture) => {
    const chunk = pattern(2 ** 16);
    // The buffers of three connections of the system may take 64 MiB.
    const total = 2 ** 30;
    await withTlsServer(async (exchange) => {
      const writer = exchange.stream(200);
      let gone = false;
      exchange.closed.then(() => gone = true);
      for (let sent = 0; sent < total && !gone; sent += chunk.length) {
        if (!writer.write(chunk)) await writer.drained();
      }
      writer.end();
    }, async (url, trust) => {
      // What leaves the pod.
      let relayed = 0;
      const relay = await startByteServer((socket) => {
        const upstream = connect(Number(new URL(url).port), "127.0.0.1");
        upstream.on("data", (part: Uint8Array) => relayed += part.length);
        upstream.pipe(socket).pipe(upstream);
        upstream.on("error", () => socket.destroy());
        upstream.once("close", () => socket.destroy());
        socket.once("close", () => upstream.destroy());
      });
      try {
        const name = await fixture.pod();
        const response = await fixture.pods.portForward.fetch(
          name,
          `https://kube.internal:${relay.port}`,
          trust,
        );
        const reader = response.body!.getReader();
        await reader.read();
        for (let before = -1; before !== relayed;) {
          before = relayed;
          await delay(300);
        }
        assert(relayed < total, `${relayed} bytes were sent`);
        await reader.cancel();
      } finally {
        await relay.close();
      }
    });
  },
  options,
);

testCase(
  "port-forward fetch: https: a certificate for another name, or of an unknown authority",
  async (fixture) => {
    await withTlsServer(hello, async (url, trust) => {
      const name = await fixture.pod();
      const { portForward } = fixture.pods;
      const { port } = new URL(url);
      const misnamed = await rejection(
        portForward.fetch(name, `https://web:${port}`, trust),
        ConnectError,
      );
      assertEquals(misnamed.code, "CERT_NAME");
      assertStringIncludes(misnamed.message, `Cannot connect to web:${port}:`);
      assertStringIncludes(misnamed.message, "tlsServerName");
      const untrusted = await rejection(
        portForward.fetch(name, url),
        ConnectError,
      );
      assertEquals(untrusted.code, "CERT_UNTRUSTED");
      assertStringIncludes(untrusted.message, "set certificateAuthority to");
    });
  },
  options,
);

testCase(
  "port-forward fetch: https: openssl as the server, TLS 1.2 and 1.3",
  async (fixture) => {
    const { authority, server } = await sharedCertificates();
    const certificateAuthority = authority.certificate;
    for (const version of ["-tls1_2", "-tls1_3"]) {
      await withOpensslServer(
        server,
        certificateAuthority,
        [version],
        async (port) => {
          const name = await fixture.pod();
          const response = await fixture.pods.portForward.fetch(
            name,
            `https://kube.internal:${port}`,
            { certificateAuthority },
          );
          assertEquals(response.status, 200);
          assertStringIncludes(await response.text(), "s_server");
        },
      );
    }
  },
  { ...options, skip: missingOpenssl },
);

testCase(
  "port-forward fetch: https: a client certificate",
  async (fixture) => {
    await withTlsServer((exchange) => {
      exchange.respond(
        200,
        {},
        JSON.stringify(exchange.request.clientCertificate),
      );
    }, async (url, trust) => {
      const { client } = await sharedCertificates();
      const name = await fixture.pod();
      const response = await fixture.pods.portForward.fetch(name, url, {
        ...trust,
        clientCertificate: client.certificate,
        clientKey: client.key,
      });
      assertStringIncludes(await response.text(), "alice");
    });
  },
  { ...options, ...(seesClientCertificates ? {} : { transports: [] }) },
);

testCase(
  "port-forward fetch: https: an abort, a timeout and a close in the handshake",
  async (fixture) => {
    let open = 0;
    let hellos = 0;
    // It reads the first message, and never answers.
    const peer = await startByteServer((socket) => {
      open++;
      socket.once("close", () => open--);
      socket.once("data", () => hellos++);
    });
    const url = `https://web:${peer.port}`;
    try {
      const name = await fixture.pod();
      const { client, pods: { portForward } } = fixture;
      const reason = new Error("enough");
      const controller = new AbortController();
      const { signal } = controller;
      const pending = portForward.fetch(name, url, { signal });
      pending.catch(() => {});
      await eventually(() => hellos === 1);
      controller.abort(reason);
      assertEquals(await rejection(pending), reason);
      await rejection(
        portForward.fetch(name, url, { timeout: 1_000 }),
        CallTimeoutError,
      );
      await eventually(() => open === 0);
      hellos = 0;
      const closed = rejection(portForward.fetch(name, url), SessionEndedError);
      await eventually(() => hellos === 1);
      await client.close();
      await closed;
      await eventually(() => open === 0);
    } finally {
      await peer.close();
    }
  },
  options,
);

testCase(
  "port-forward fetch: https: an abort, and a close, in the body",
  async (fixture) => {
    await withTlsServer((exchange) => {
      exchange.stream(200).write("begun");
    }, async (url, trust, server) => {
      const name = await fixture.pod();
      const { client, pods: { portForward } } = fixture;
      const reason = new Error("enough");
      const controller = new AbortController();
      const { signal } = controller;
      const init = { ...trust, signal };
      const first = await portForward.fetch(name, url, init);
      const reader = first.body!.getReader();
      await reader.read();
      controller.abort(reason);
      assertEquals(await rejection(reader.read()), reason);
      const second = await portForward.fetch(name, url, trust);
      const other = second.body!.getReader();
      await other.read();
      await client.close();
      await rejection(other.read(), SessionEndedError);
      await eventually(() => server.connections === 0);
    });
  },
  options,
);

testCase(
  "port-forward fetch: https: a server that breaks off in the body",
  async (fixture) => {
    let breakOff = () => {};
    await withTlsServer((exchange) => {
      exchange.stream(200).write("begun");
      breakOff = () => exchange.reset();
    }, async (url, trust) => {
      const name = await fixture.pod();
      const response = await fixture.pods.portForward.fetch(name, url, trust);
      const reader = response.body!.getReader();
      const { value } = await reader.read();
      assertEquals(new TextDecoder().decode(value), "begun");
      breakOff();
      await rejection(reader.read());
    });
  },
  options,
);

testCase(
  "port-forward fetch: https: no TLS there, an end in the handshake, a refused port",
  async (fixture) => {
    const plain = await startByteServer((socket) => {
      socket.once(
        "data",
        () => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"),
      );
    });
    const ending = await startByteServer((socket) => {
      socket.once("data", () => socket.end());
    });
    const closed = await closedPort();
    try {
      const name = await fixture.pod();
      const { portForward } = fixture.pods;
      const failed = await rejection(
        portForward.fetch(name, `https://web:${plain.port}`),
        ConnectError,
      );
      assertEquals(failed.code, "TLS_FAILED");
      assertStringIncludes(failed.message, "begin with http:");
      const ended = await rejection(
        portForward.fetch(name, `https://web:${ending.port}`),
        ConnectError,
      );
      assertEquals(ended.code, "ECONNRESET");
      const refused = await rejection(
        portForward.fetch(name, `https://web:${closed}`),
        PortForwardError,
      );
      assertEquals(refused.reason, "Unreachable");
    } finally {
      await plain.close();
      await ending.close();
    }
  },
  options,
);

/** The message of what is refused before anything is sent. */
async function refusal(
  { pods: { portForward } }: Fixture,
  url: string,
  init: Record<string, unknown>,
  expected: Refusal,
): Promise<string> {
  const error = await rejection<Error>(
    portForward.fetch("web-0", url, init),
  );
  assert(error instanceof expected, `${error}`);
  return error.message;
}

testCase(
  "port-forward fetch: https: options that cannot be used",
  async (fixture) => {
    const url = "https://web/";
    const cases: [Record<string, unknown>, Refusal][] = [
      [{ certificateAuthority: 1 }, TypeError],
      [{ insecureSkipTlsVerify: "yes" }, TypeError],
      [{ certificateAuthority: "x" }, ConfigurationError],
      [{ tlsServerName: "a b" }, ConfigurationError],
      [
        { clientKey: (await sharedCertificates()).client.key },
        ConfigurationError,
      ],
    ];
    for (const [init, error] of cases) {
      assertStringIncludes(await refusal(fixture, url, init, error), "Cannot ");
    }
    const { certificate } = (await sharedCertificates()).authority;
    const init = { certificateAuthority: certificate };
    assertStringIncludes(
      await refusal(fixture, "http://web/", init, TypeError),
      "is for https: URLs",
    );
  },
  options,
);

testCase(
  "port-forward fetch: https: is refused where there is no TLS to use",
  async (fixture) => {
    const message = await refusal(
      fixture,
      "https://web/",
      {},
      ConfigurationError,
    );
    const { name } = fixture.client.transport;
    assertStringIncludes(message, `the transport "${name}" has no TLS`);
  },
  { needs, transports: nestsTls ? ["web"] : ["socket", "web"] },
);
