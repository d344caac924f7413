import { inspect } from "node:util";
import { assert, assertEquals } from "@std/assert";
import { ConnectError, HandshakeError } from "../../../../src/errors.ts";
import type { ServerExchange } from "../../../../src/testing/server/server_exchange.ts";
import type { RequestHeaders } from "../../../../src/transport/transport.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { type TlsMode, tlsModesOf, withServer } from "../fixtures.ts";
import type { TransportSubject } from "../subject.ts";

const PATH = "/api/v1/namespaces/default/pods/web/exec";

const FORBIDDEN = {
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message: 'pods "web" is forbidden: User "u" cannot get resource "pods/exec"',
  reason: "Forbidden",
  code: 403,
};

/** Answers to the upgrade other than 101. */
export function refusalCases({ name, make }: TransportSubject): void {
  const refused = async (
    answer: (exchange: ServerExchange) => void,
    check: (error: HandshakeError) => void,
    mode: TlsMode = "plain",
    headers: RequestHeaders = {},
  ): Promise<void> => {
    await withServer(mode, answer, async (fixture) => {
      const transport = make();
      const url = new URL(`${PATH}?command=s3cret`, fixture.server.url);
      const attempt = transport.connect(fixture.upgrade({ url, headers }));
      if (transport.capabilities.answer) {
        const error = await rejection(attempt, HandshakeError);
        assert(!error.message.includes("s3cret"), error.message);
        check(error);
      } else {
        const error = await rejection(attempt, ConnectError);
        assertEquals(error.code, "UPGRADE_FAILED");
      }
    });
  };

  for (const mode of tlsModesOf(make())) {
    test(`${name}, ${mode}: a 403 brings its Status and names the RBAC verbs`, async () => {
      await refused(
        (exchange) => exchange.respondJson(403, FORBIDDEN),
        (error) => {
          assertEquals(error.httpStatus, 403);
          assertEquals(error.apiStatus?.reason, "Forbidden");
          assertEquals(JSON.parse(error.body), FORBIDDEN);
          assert(error.message.includes(FORBIDDEN.message), error.message);
          assert(error.hint?.includes('"get"'), `${error.hint}`);
          assert(error.hint?.includes('"create"'), `${error.hint}`);
          assert(error.hint?.includes("pods/exec"), `${error.hint}`);
        },
        mode,
      );
    });
  }

  test(`${name}: a bare 403 hints at the subprotocols`, async () => {
    await refused((exchange) => exchange.respond(403), (error) => {
      assertEquals([error.httpStatus, error.body, error.apiStatus], [
        403,
        "",
        null,
      ]);
      assert(error.hint?.includes("subprotocols"), `${error.hint}`);
    });
  });

  test(`${name}: a 403 for an anonymous user hints at the credentials`, async () => {
    const message = 'pods "p" is forbidden: User "system:anonymous" cannot ' +
      'get resource "pods/exec" in API group "" in the namespace "default"';
    await refused(
      (exchange) => exchange.respondJson(403, { ...FORBIDDEN, message }),
      (error) => {
        assert(error.hint?.includes("credentials"), `${error.hint}`);
        assert(error.message.includes(message), error.message);
      },
    );
  });

  for (const status of [200, 302, 400, 401, 404, 500]) {
    test(`${name}: an answer of ${status} is a refusal`, async () => {
      await refused(
        (exchange) => exchange.respond(status, { location: "/" }, "plain text"),
        (error) => {
          assertEquals(error.httpStatus, status);
          assertEquals(error.body, "plain text");
          assertEquals(error.apiStatus, null);
          assert(error.message.includes(`${status}`), error.message);
          if (status === 401) assert(error.hint?.includes("credentials"));
          if (status === 302) assert(error.hint?.includes("redirects"));
        },
      );
    });
  }

  test(`${name}: the hint is part of the message, an HTML page is not`, async () => {
    const page = "<!DOCTYPE html>\n<html><body>sorry</body></html>";
    const headers = { "content-type": "text/html" };
    await refused(
      (exchange) => exchange.respond(503, headers, page),
      (error) => {
        assertEquals(error.body, page);
        assert(!error.message.includes("<"), error.message);
        assert(error.message.includes("an HTML page"), error.message);
        assert(error.message.endsWith(`(${error.hint})`), error.message);
      },
    );
  });

  test(`${name}: credentials that the server repeats are hidden`, async () => {
    const headers = { authorization: "Bearer s3cret-token" };
    await refused(
      (exchange) => {
        exchange.respond(500, {}, [...exchange.request.headers].join());
      },
      (error) => {
        const shown = inspect(error, { depth: 5 });
        assert(!shown.includes("s3cret"), shown);
        assert(error.body.includes("authorization,Bearer ***"), error.body);
      },
      "plain",
      headers,
    );
  });

  test(`${name}: no more than 64 KiB of a refusal's body is kept`, async () => {
    await refused(
      (exchange) => exchange.respond(500, {}, "x".repeat(200_000)),
      (error) => assertEquals(error.body.length, 64 * 1024),
    );
  });

  test(`${name}: a refusal's body that never ends is not waited for`, async () => {
    await refused((exchange) => {
      exchange.stream(500).write("so far");
    }, (error) => assertEquals(error.body, "so far"));
  });
}
