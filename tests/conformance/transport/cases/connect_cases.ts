import { inspect } from "node:util";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  ConfigurationError,
  ConnectError,
  ProtocolError,
} from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { closedPort, startByteServer } from "../../../support/byte_server.ts";
import { tlsModesOf, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

/** The content of an upgrade request, and missing responses. */
export function connectCases({ name, make }: TransportSubject): void {
  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: the server chooses among the offered protocols`, async () => {
      let offered: string[] = [];
      await withServer(mode, async (exchange) => {
        offered = exchange.offeredProtocols;
        const socket = await exchange.upgrade({
          protocol: "v4.channel.k8s.io",
        });
        socket.open({});
      }, async (fixture) => {
        const connection = await make().connect(fixture.upgrade());
        assertEquals(connection.protocol, "v4.channel.k8s.io");
        assertEquals(offered, ["v5.channel.k8s.io", "v4.channel.k8s.io"]);
        connection.close();
        await connection.released;
      });
    });
  }

  for (const answer of ["other.example", ""]) {
    const what = answer === "" ? "no protocol" : "a protocol not offered";
    test(`${name}: an answer with ${what} is refused`, async () => {
      await withServer("plain", async (exchange) => {
        (await exchange.upgrade({ protocol: answer })).open({});
      }, async (fixture) => {
        const transport = make();
        const error = await rejection(transport.connect(fixture.upgrade()));
        if (transport.capabilities.answer) {
          assert(error instanceof ProtocolError);
        } else assert(error instanceof ProtocolError || isUpgradeFailed(error));
      });
    });
  }

  test(`${name}: a bearer token reaches the server, a header only where supported`, async () => {
    let headers = new Headers();
    await withServer("plain", async (exchange) => {
      headers = exchange.request.headers;
      (await exchange.upgrade()).open({});
    }, async (fixture) => {
      const transport = make();
      const authorization = { authorization: "Bearer s3cret", accept: "*/*" };
      const connection = await transport.connect(
        fixture.upgrade({ headers: authorization }),
      );
      connection.close();
      await connection.released;
      const another = fixture.upgrade({ headers: { "x-extra": "1" } });
      if (transport.capabilities.headers) {
        assertEquals(headers.get("authorization"), "Bearer s3cret");
        (await transport.connect(another)).abort();
        assertEquals(headers.get("x-extra"), "1");
      } else {
        assertEquals(
          headers.get("sec-websocket-protocol")?.split(/, */).at(-1),
          "base64url.bearer.authorization.k8s.io.czNjcmV0",
        );
        await rejection(transport.connect(another), ConfigurationError);
      }
    });
  });

  test(`${name}: path and query reach the server as they are`, async () => {
    let url = new URL("http://none");
    await withServer("plain", async (exchange) => {
      url = exchange.request.url;
      (await exchange.upgrade()).open({});
    }, async (fixture) => {
      const target =
        "/prefix/a%20b/exec?command=ls&command=%26+%C3%A9&tty=false";
      const connection = await make().connect(
        fixture.upgrade({ url: new URL(target, fixture.server.url) }),
      );
      connection.close();
      await connection.released;
      assertEquals(url.pathname + url.search, target);
    });
  });

  test(`${name}: a refused port is a ConnectError`, async () => {
    const transport = make();
    const port = await closedPort();
    await withServer("plain", () => {}, async (fixture) => {
      const url = new URL(`http://127.0.0.1:${port}/`);
      const error = await rejection(
        transport.connect(fixture.upgrade({ url })),
        ConnectError,
      );
      if (error.code === "UPGRADE_FAILED") {
        return assert(!transport.capabilities.answer);
      }
      assertEquals(error.code, "ECONNREFUSED");
      assertEquals(
        error.message,
        `Cannot connect to 127.0.0.1:${port}: the connection was refused`,
      );
      assert(error.cause instanceof Error);
    });
  });

  test(`${name}: a name that does not exist is a ConnectError`, async () => {
    const transport = make();
    await withServer("plain", () => {}, async (fixture) => {
      const url = new URL("http://podwire.invalid/");
      const error = await rejection(
        transport.connect(fixture.upgrade({ url })),
        ConnectError,
      );
      if (transport.capabilities.answer) assertEquals(error.code, "ENOTFOUND");
      else assert(["ENOTFOUND", "UPGRADE_FAILED"].includes(error.code));
    });
  });

  test(`${name}: a server that hangs up without an answer is a ConnectError`, async () => {
    await withServer(
      "plain",
      (exchange) => exchange.reset(),
      async (fixture) => {
        const transport = make();
        const error = await rejection(
          transport.connect(fixture.upgrade()),
          ConnectError,
        );
        if (transport.capabilities.answer) {
          assertEquals(
            error.code,
            "ECONNRESET",
          );
        } else {assert(
            ["ECONNRESET", "UPGRADE_FAILED"].includes(error.code),
          );}
      },
    );
  });

  test(`${name}: a server that does not speak HTTP has an error of its own`, async () => {
    const server = await startByteServer((socket) => {
      socket.end("SSH-2.0-OpenSSH_9.6\r\n");
    });
    await withServer("plain", () => {}, async (fixture) => {
      const transport = make();
      const url = new URL(`http://127.0.0.1:${server.port}/`);
      const attempt = transport.connect(fixture.upgrade({ url }));
      if (transport.capabilities.answer) {
        const { message } = await rejection(attempt, ProtocolError);
        assert(message.includes("does not speak HTTP"), message);
      } else await rejection(attempt, ConnectError);
      const request = transport.request(fixture.http({ url }));
      const { message } = await rejection(request, ProtocolError);
      assert(message.startsWith("Cannot read the response: "), message);
    });
    await server.close();
  });

  test(`${name}: no error contains the command`, async () => {
    const garbage = await startByteServer((socket) => {
      socket.end("SSH-2.0-OpenSSH_9.6\r\n");
    });
    await withServer("plain", (exchange) => {
      if (exchange.wantsUpgrade) exchange.respond(403);
      else exchange.reset();
    }, async (fixture) => {
      const transport = make();
      const addresses = [
        fixture.server.url,
        `https://127.0.0.1:${fixture.server.port}`,
        `http://127.0.0.1:${garbage.port}`,
        `http://127.0.0.1:${await closedPort()}`,
        "http://podwire.invalid",
      ];
      for (const address of addresses) {
        const url = new URL(`${address}/exec?command=s3cret&command=p%20w`);
        for (
          const attempt of [
            () => transport.connect(fixture.upgrade({ url })),
            () => transport.request(fixture.http({ url })),
          ]
        ) {
          const error = await rejection(attempt());
          const shown = inspect(error, { depth: 20, showHidden: true });
          assert(!/s3cret|p%20w/.test(shown), shown);
        }
      }
    });
    await garbage.close();
  });

  test(`${name}: a signal that has aborted already is the reason`, async () => {
    await withServer("plain", () => {}, async (fixture) => {
      const reason = new Error("not today");
      const signal = AbortSignal.abort(reason);
      const transport = make();
      for (
        const attempt of [
          () => transport.connect(fixture.upgrade({ signal })),
          () => transport.request(fixture.http({ signal })),
        ]
      ) assertStrictEquals(await rejection(attempt()), reason);
      assertEquals(fixture.server.connections, 0);
    });
  });

  test(`${name}: a signal ends the wait for the handshake with its reason`, async () => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    await withServer("plain", (exchange) => {
      asked.resolve();
      exchange.closed.then(gone.resolve);
    }, async (fixture) => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const attempt = make().connect(
        fixture.upgrade({ signal: controller.signal }),
      );
      const failure = rejection(attempt);
      await asked.promise;
      controller.abort(reason);
      assertStrictEquals(await failure, reason);
      await gone.promise;
    });
  });
}

function isUpgradeFailed(error: unknown): boolean {
  return error instanceof ConnectError && error.code === "UPGRADE_FAILED";
}
