// Connections that a platform's `fetch` keeps, over real sockets.
import { assert, assertEquals } from "@std/assert";
import { webTransport } from "../../../src/adapters/web/mod.ts";
import { ConnectError } from "../../../src/errors.ts";
import { resetSocket } from "../../../src/testing/server/server_socket.ts";
import { test } from "../../harness.ts";
import { macrotask, rejection } from "../../support/async.ts";
import { textOf } from "../../support/bytes.ts";
import {
  response,
  type ScriptedRequest,
  type ScriptedServer,
  startScriptedServer,
} from "../../support/scripted_server.ts";

const closings = {
  "closed": ({ socket }: ScriptedRequest) => socket.end(),
  "reset": ({ socket }: ScriptedRequest) => resetSocket(socket),
};

async function withScript(
  script: (request: ScriptedRequest) => unknown,
  body: (
    ask: (method: string) => Promise<string>,
    server: ScriptedServer,
  ) => Promise<void>,
): Promise<void> {
  const server = await startScriptedServer(script);
  const transport = webTransport();
  try {
    await body(async (method) => {
      const answer = await transport.request({
        method,
        url: new URL(`http://127.0.0.1:${server.port}/`),
        headers: {},
        body: null,
        tls: {},
        proxy: null,
        signal: new AbortController().signal,
      });
      return await textOf(answer.body);
    }, server);
  } finally {
    await transport.close();
    await server.close();
    await macrotask();
  }
}

for (const [how, close] of Object.entries(closings)) {
  test(`web: a GET whose connection is ${how} before a response is repeated`, async () => {
    let requests = 0;
    await withScript((request) => {
      // Where a runtime has several connections, the next one may be kept, too.
      if (++requests % 2 === 1) return response("an answer");
      close(request);
    }, async (ask) => {
      for (let i = 1; i <= 6; i++) assertEquals(await ask("GET"), "an answer");
    });
  });

  test(`web: a server whose connections are all ${how} gets a GET twice at most`, async () => {
    await withScript(close, async (ask, server) => {
      const { code } = await rejection(ask("GET"), ConnectError);
      assertEquals(code, "ECONNRESET");
      assert(server.log.length <= 2, `${server.log}`);
    });
  });

  test(`web: a POST whose connection is ${how} is not repeated`, async () => {
    await withScript(close, async (ask, server) => {
      const { code } = await rejection(ask("POST"), ConnectError);
      assertEquals(code, "ECONNRESET");
      assertEquals(server.log, ["1.1 POST /"]);
    });
  });
}
