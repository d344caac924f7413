// HTTP connections that are kept and used again, over real sockets.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { ConnectError, ConnectionLostError } from "../../../src/errors.ts";
import { resetSocket } from "../../../src/testing/server/server_socket.ts";
import type {
  HttpRequest,
  TlsOptions,
  Transport,
} from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";
import {
  eventLoopTurns,
  eventually,
  macrotask,
  rejection,
} from "../../support/async.ts";
import { pattern, textOf } from "../../support/bytes.ts";
import { startConnectProxy } from "../../support/connect_proxy.ts";
import {
  response,
  type ScriptedRequest,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from "../../support/scripted_server.ts";
import { sharedCertificates, type TlsMode, tlsModesOf } from "./fixtures.ts";
import { runtimeTransport } from "./subject.ts";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtimeArgs } from "../../support/podwire_command.ts";
import { runProgram } from "../../support/run_program.ts";

interface Fixture {
  readonly server: ScriptedServer;
  readonly transport: Transport;
  readonly tls: TlsOptions;
  request(changes?: Partial<HttpRequest>): HttpRequest;
  /** Sends a request and reads its body. */
  ask(changes?: Partial<HttpRequest>): Promise<string>;
}

interface Options extends Omit<ScriptedServerOptions, "tls"> {
  readonly mode?: TlsMode;
}

async function withScript(
  script: (request: ScriptedRequest) => unknown,
  body: (fixture: Fixture) => Promise<void>,
  { mode = "plain", ...options }: Options = {},
): Promise<void> {
  const { authority, server: pair, client } = await sharedCertificates();
  const trust = { certificateAuthority: authority.certificate };
  const tls: TlsOptions = mode === "plain"
    ? {}
    : mode === "unverified"
    ? { insecureSkipTlsVerify: true }
    : mode === "tls"
    ? trust
    : {
      ...trust,
      clientCertificate: client.certificate,
      clientKey: client.key,
      serverName: "kube.internal",
    };
  const server = await startScriptedServer(script, {
    ...options,
    tls: mode === "plain" ? null : {
      ...pair,
      clientAuthority: authority.certificate,
    },
  });
  const transport = runtimeTransport();
  const scheme = mode === "plain" ? "http" : "https";
  const request = (changes: Partial<HttpRequest> = {}): HttpRequest => ({
    method: "GET",
    url: new URL(`${scheme}://127.0.0.1:${server.port}/`),
    headers: {},
    body: null,
    tls,
    proxy: null,
    signal: new AbortController().signal,
    ...changes,
  });
  try {
    await body({
      server,
      transport,
      tls,
      request,
      ask: async (changes) => {
        const answer = await transport.request(request(changes));
        return await textOf(answer.body);
      },
    });
  } finally {
    await transport.close();
    await server.close();
    await macrotask();
  }
}

const modes = tlsModesOf(runtimeTransport());
const support = new URL("../../support/", import.meta.url);

for (const mode of modes) {
  test(`${mode}: requests in sequence use one connection`, async () => {
    await withScript(
      ({ turn }) => response(`answer ${turn}`),
      async ({ ask, server }) => {
        for (let turn = 1; turn <= 5; turn++) {
          assertEquals(await ask(), `answer ${turn}`);
        }
        assertEquals(server.connections, 1);
      },
      { mode },
    );
  });

  test(`${mode}: bytes after a response are never the next response`, async () => {
    const injected = response("injected");
    const scripts: ((request: ScriptedRequest) => void)[] = [
      ({ socket }) => {
        socket.write(encodeText(response("own") + injected));
      },
      ({ socket }) => {
        socket.write(encodeText(response("own")));
        socket.write(encodeText(injected));
      },
      ({ socket }) => {
        socket.cork();
        socket.write(encodeText(response("own")));
        socket.write(encodeText(injected));
        socket.uncork();
      },
    ];
    for (const script of scripts) {
      await withScript(script, async ({ ask, server }) => {
        for (let i = 1; i <= 3; i++) {
          assertEquals(await ask(), "own");
          assertEquals(server.connections, i);
        }
      }, { mode });
    }
  });

  test(`${mode}: a connection closed while idle is replaced, whatever the method`, async () => {
    await withScript(({ socket, connection }) => {
      socket.end(encodeText(response(`${connection}`)));
    }, async ({ ask, server }) => {
      for (let i = 1; i <= 3; i++) {
        assertEquals(await ask({ method: "POST" }), `${i}`);
        await eventually(() => server.open === 0);
        await eventLoopTurns();
      }
    }, { mode });
  });

  test(`${mode}: close() closes the idle connections`, async () => {
    await withScript(
      () => response("x"),
      async ({ ask, server, transport }) => {
        await ask();
        assertEquals(server.open, 1);
        await macrotask();
        await transport.close();
        await eventually(() => server.open === 0);
      },
      { mode },
    );
  });
}

test("a connection reset while idle is replaced", async () => {
  let first: ScriptedRequest | undefined;
  await withScript((request) => {
    first ??= request;
    return response(`${request.connection}`);
  }, async ({ ask, server }) => {
    assertEquals(await ask(), "1");
    await macrotask();
    resetSocket(first!.socket);
    await eventually(() => server.open === 0);
    await macrotask();
    assertEquals(await ask({ method: "POST" }), "2");
  });
});

const closings = {
  "closed": ({ socket }: ScriptedRequest) => socket.end(),
  "reset": ({ socket }: ScriptedRequest) => resetSocket(socket),
};

for (const [how, close] of Object.entries(closings)) {
  test(`a kept connection ${how} as a request arrives: GET is repeated once, POST is not`, async () => {
    await withScript((request) => {
      if (request.turn === 1) return response(`${request.connection}`);
      close(request);
    }, async ({ ask, server }) => {
      for (const method of ["GET", "HEAD"]) {
        await ask();
        await ask({ method });
      }
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        await ask();
        const error = await rejection(ask({ method }), ConnectError);
        assertEquals(error.code, "ECONNRESET");
      }
      assertEquals(server.log.slice(0, 4), [
        "1.1 GET /",
        "1.2 GET /",
        "2.1 GET /",
        "2.2 GET /",
      ]);
    });
  });

  test(`a new connection ${how} without a response is not replaced`, async () => {
    await withScript(close, async ({ ask, server }) => {
      await rejection(ask(), ConnectError);
      assertEquals(server.connections, 1);
    });
  });

  test(`the replacement ${how} without a response is not replaced again`, async () => {
    await withScript((request) => {
      if (request.connection === 1 && request.turn === 1) return response("1");
      close(request);
    }, async ({ ask, server }) => {
      await ask();
      await rejection(ask(), ConnectError);
      assertEquals(server.connections, 2);
    });
  });
}

test("half a head or half a body on a kept connection is not repeated", async () => {
  const halves = ["H", "HTTP/1.1 200", "HTTP/1.1 100 Continue\r\n\r\n"];
  for (const half of halves) {
    await withScript(({ turn, socket }) => {
      if (turn === 1) return response("1");
      socket.end(encodeText(half));
    }, async ({ ask, server }) => {
      await ask();
      await rejection(ask(), ConnectError);
      assertEquals(server.connections, 1);
    });
  }
  await withScript(({ turn, socket }) => {
    if (turn === 1) return response("1");
    socket.end(encodeText(response("12345").slice(0, -2)));
  }, async ({ ask, server }) => {
    await ask();
    await rejection(ask(), ConnectionLostError);
    assertEquals(server.connections, 1);
  });
});

const last: Readonly<Record<string, string>> = {
  "connection: close": response("x", "connection: close"),
  "a list with close": response("x", "connection: Foo, Close"),
  "HTTP/1.0": response("x").replace("1.1", "1.0"),
  "HTTP/1.0 with keep-alive": response("x", "connection: keep-alive")
    .replace("1.1", "1.0"),
  "Keep-Alive: timeout=0": response("x", "keep-alive: timeout=0"),
  "Keep-Alive: max=9, timeout=1": response("x", "keep-alive: max=9, timeout=1"),
};

for (const [what, answer] of Object.entries(last)) {
  test(`after ${what} the connection is not used again`, async () => {
    await withScript(() => answer, async ({ ask, server }) => {
      assertEquals(await ask(), "x");
      assertEquals(await ask(), "x");
      assertEquals(server.connections, 2);
      await eventually(() => server.open === 0);
    });
  });
}

test("a connection is closed before the server's Keep-Alive time is over", async () => {
  const answer = response("x", "Keep-Alive: timeout=2, max=100");
  await withScript(() => answer, async ({ ask, server }) => {
    await ask();
    await ask();
    assertEquals([server.connections, server.open], [1, 1]);
    await eventually(() => server.open === 0);
  });
});

test("interim responses and responses without a body keep the connection", async () => {
  const empty = "content-length: 5\r\n\r\n";
  const answers = [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" +
    response("body"),
    `HTTP/1.1 204 No Content\r\n\r\n`,
    `HTTP/1.1 304 Not Modified\r\n${empty}`,
    `HTTP/1.1 200 OK\r\n${empty}`,
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" +
    "3;ext\r\nabc\r\n0\r\ntrailer: x\r\n\r\n",
    response(""),
  ];
  await withScript(({ turn }) => answers[turn - 1], async ({ ask, server }) => {
    assertEquals(await ask(), "body");
    assertEquals(await ask(), "");
    assertEquals(await ask(), "");
    assertEquals(await ask({ method: "HEAD" }), "");
    assertEquals(await ask(), "abc");
    assertEquals(await ask({ method: "DELETE" }), "");
    assertEquals(server.connections, 1);
  });
});

test("a body without a declared end takes its connection with it", async () => {
  await withScript(({ socket }) => {
    socket.end(encodeText("HTTP/1.1 200 OK\r\n\r\nto the end"));
  }, async ({ ask, server }) => {
    assertEquals(await ask(), "to the end");
    assertEquals(await ask(), "to the end");
    assertEquals(server.connections, 2);
  });
});

test("a switch to another protocol is not a kept connection", async () => {
  const answer = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  await withScript(() => answer, async ({ ask, server }) => {
    await ask();
    await ask();
    assertEquals(server.connections, 2);
  });
});

test("a response before the request was read is returned, its connection closed", async () => {
  const refusal = response("too large").replace("200 OK", "413 Too Large");
  await withScript(({ socket, turn }) => {
    if (turn === 1) socket.pause();
    return refusal;
  }, async ({ ask, server }) => {
    const body = pattern(32 * 2 ** 20);
    assertEquals(await ask({ method: "PUT", body }), "too large");
    assertEquals(await ask(), "too large");
    assertEquals(server.connections, 2);
  }, { early: true });
});

test("a request with a large body keeps its connection", async () => {
  await withScript(
    ({ turn }) => response(`${turn}`),
    async ({ ask, server }) => {
      const body = pattern(4 * 2 ** 20);
      assertEquals(await ask({ method: "PUT", body }), "1");
      assertEquals(await ask({ method: "PUT", body }), "2");
      assertEquals(body, pattern(4 * 2 ** 20));
      assertEquals(server.connections, 1);
    },
  );
});

test("an unread body is not in the way of its connection if it has arrived", async () => {
  await withScript(({ turn }) => response(`${turn}`), async (fixture) => {
    const { transport, request, ask, server } = fixture;
    const first = await transport.request(request());
    assertEquals(await ask(), "2");
    await first.body.cancel();
    assertEquals(await ask(), "3");
    assertEquals(server.connections, 1);
  });
});

test("a cancelled body and an aborted request close their connection", async () => {
  await withScript(({ socket, turn, target }) => {
    if (target === "/silent") return;
    if (turn === 1) socket.write(encodeText(response("12345").slice(0, -2)));
    else return response("x");
  }, async ({ transport, request, server }) => {
    const { body } = await transport.request(request());
    await body.cancel();
    await eventually(() => server.open === 0);

    const controller = new AbortController();
    const { signal } = controller;
    const answer = await transport.request(request({ signal }));
    controller.abort(new Error("enough"));
    await rejection(textOf(answer.body));
    await eventually(() => server.open === 0);

    const silent = new AbortController();
    const url = new URL("/silent", request().url);
    const reason = new Error("enough");
    const waiting = transport.request(request({ url, signal: silent.signal }));
    await eventually(() => server.log.some((it) => it.endsWith("/silent")));
    silent.abort(reason);
    assertStrictEquals(await rejection(waiting), reason);
    await eventually(() => server.open === 0);
  });
});

test("an abort after the response does not touch the kept connection", async () => {
  await withScript(({ turn }) => response(`${turn}`), async (fixture) => {
    const { ask, server } = fixture;
    const controller = new AbortController();
    assertEquals(await ask({ signal: controller.signal }), "1");
    const second = ask();
    controller.abort();
    assertEquals(await second, "2");
    assertEquals(server.connections, 1);
  });
});

test("connections are not shared between users, nor between TLS options", async () => {
  await withScript(
    ({ connection, user }) => response(`${connection} ${user}`),
    async ({ ask, tls, server }) => {
      const { authority } = await sharedCertificates();
      const bob = await authority.issueClient({ user: "bob", groups: [] });
      const others: Partial<HttpRequest>[] = [
        {},
        { headers: { authorization: "Bearer one" } },
        { headers: { authorization: "Bearer two" } },
        { headers: { "impersonate-user": "carol" } },
        {
          headers: { "impersonate-user": "carol", "impersonate-group": ["a"] },
        },
        { tls: { ...tls } },
        {
          tls: {
            ...tls,
            clientCertificate: bob.certificate,
            clientKey: bob.key,
            serverName: undefined,
          },
        },
      ];
      for (const [at, other] of others.entries()) {
        const answer = await ask(other);
        assert(answer.startsWith(`${at + 1} `), answer);
      }
      for (const [at, other] of others.entries()) {
        const headers = { ...other.headers, accept: "application/json" };
        const answer = await ask({ ...other, headers });
        assert(answer.startsWith(`${at + 1} `), answer);
      }
      assertEquals(server.connections, others.length);
    },
    { mode: "mtls by another name" },
  );
});

for (const mode of ["plain", "tls"] as const) {
  test(`${mode}: a tunnel through a proxy is kept, apart from other ways`, async () => {
    const proxy = await startConnectProxy();
    const other = await startConnectProxy();
    try {
      await withScript(
        ({ connection, turn }) => response(`${connection}.${turn}`),
        async ({ ask }) => {
          assertEquals(await ask({ proxy: proxy.url }), "1.1");
          assertEquals(await ask({ proxy: proxy.url }), "1.2");
          assertEquals(await ask(), "2.1");
          assertEquals(await ask({ proxy: other.url }), "3.1");
          assertEquals(await ask({ proxy: new URL(proxy.url) }), "1.3");
        },
        { mode },
      );
    } finally {
      await proxy.close();
      await other.close();
    }
  });
}

test("a burst of requests keeps at most 32 connections", async () => {
  await withScript(() => response("x"), async ({ ask, server }) => {
    await Promise.all(Array.from({ length: 200 }, () => ask()));
    assertEquals(server.log.length, 200);
    await eventually(() => server.open <= 32);
  });
});

test("long responses do not keep others waiting", async () => {
  const held: ScriptedRequest[] = [];
  await withScript((request) => {
    if (request.target !== "/watch") return response("x");
    held.push(request);
    return "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n";
  }, async ({ transport, request, ask, server }) => {
    const url = new URL("/watch", request().url);
    const watches = await Promise.all(
      Array.from({ length: 60 }, () => transport.request(request({ url }))),
    );
    assertEquals(held.length, 60);
    assertEquals(await ask(), "x");
    assertEquals(server.open, 61);
    await Promise.all(watches.map(({ body }) => body.cancel()));
  });
});

/** Calls `body` with a server of each of the modes. */
async function withScripts(
  script: (request: ScriptedRequest) => unknown,
  [mode, ...rest]: readonly TlsMode[],
  body: (fixtures: readonly Fixture[]) => Promise<void>,
): Promise<void> {
  if (mode === undefined) return await body([]);
  await withScript(
    script,
    (first) => withScripts(script, rest, (others) => body([first, ...others])),
    { mode },
  );
}

// One process for all of them: to start it takes seconds of CPU time on Node 22.
test(
  "a process with idle connections ends by itself, in every mode",
  async () => {
    const pod = { kind: "Pod", metadata: { name: "web-0" } };
    const script = () => response(JSON.stringify(pod));
    await withScripts(script, modes, async (fixtures) => {
      const options = fixtures.map(({ request, tls }) => {
        const { serverName: tlsServerName, ...rest } = tls;
        return { server: request().url.href, ...rest, tlsServerName };
      });
      const names = modes.map(() => "web-0");
      const endings = { "": names, "close": [...names, "closed"] };
      for (const [ending, output] of Object.entries(endings)) {
        const { code, stdout, stderr } = await runProgram(process.execPath, [
          ...runtimeArgs(),
          fileURLToPath(new URL("get_program.ts", support)),
          JSON.stringify(options),
          ending,
        ], { NO_COLOR: "1" });
        const lines = stdout.toString().trimEnd().split("\n");
        const duration = Number(lines.pop());
        assertEquals([code, lines, stderr], [0, output, ""]);
        // Less than the time for which the connections are kept.
        assert(duration < 15_000, `${duration} ms`);
      }
      for (const { server } of fixtures) assertEquals(server.connections, 2);
    });
  },
  { timeout: 60_000 },
);

test("close(): a response under way is completed, its connection then closed", async () => {
  const next = Promise.withResolvers<void>();
  await withScript(async ({ socket, turn, target }) => {
    if (target !== "/slow") return;
    if (turn === 1) {
      socket.write(encodeText(response("12345").slice(0, -2)));
      await next.promise;
      socket.write(encodeText("45"));
    }
  }, async ({ transport, request, server }) => {
    const url = new URL("/slow", request().url);
    const { body } = await transport.request(request({ url }));
    await transport.close();
    assertEquals(server.open, 1);
    next.resolve();
    assertEquals(await textOf(body), "12345");
    await eventually(() => server.open === 0);
  });
});
