import { assertEquals, assertStringIncludes } from "@std/assert";
import { concatBytes } from "../../../src/bytes.ts";
import { test, type TestOptions } from "../../harness.ts";
import { eventually } from "../../support/async.ts";
import { closedPort } from "../../support/byte_server.ts";
import { pattern, sha256 } from "../../support/bytes.ts";
import { sumOf, withPeer } from "../../support/tcp_peers.ts";
import { withHttpPeer } from "./http_peer.ts";

const V4 = "v4.channel.k8s.io";

/** A page or a Worker that has loaded `probe.ts`. */
export interface Probed {
  /** Calls a function of it with the target and `rest`. */
  call(name: string, ...rest: readonly unknown[]): Promise<unknown>;
  /** Fails unless it has opened `count` WebSockets, and none is left. */
  socketsClosed(count: number): Promise<void>;
}

/** Runs `body` with a page or a Worker. */
export type WithProbe = (
  body: (probed: Probed) => Promise<void>,
) => Promise<void>;

/**
 * Registers the tests of port-forward where only the standard WebSocket is.
 *
 * @param where What the names of the tests begin with.
 */
export function portForwardRows(
  where: string,
  withProbe: WithProbe,
  options: TestOptions,
): void {
  test(`${where}: nobody can offer the tunnel's name`, async () => {
    await withProbe(async ({ call }) => {
      assertEquals(await call("takesSubprotocol", V4), "taken");
      assertEquals(
        await call("takesSubprotocol", "SPDY/3.1+portforward.k8s.io"),
        "SyntaxError",
      );
    });
  }, options);

  test(
    `${where}: a forwarded connection has the same bytes both ways`,
    async () => {
      const upload = 3 * 2 ** 20;
      const download = pattern(4 * 2 ** 20);
      let sum = "";
      let open = 0;
      await withPeer((socket) => {
        open++;
        socket.on("close", () => open--);
        const chunks: Uint8Array[] = [];
        let length = 0;
        socket.write(download.subarray(0, 2 ** 20));
        socket.on("data", async (chunk: Uint8Array) => {
          chunks.push(new Uint8Array(chunk));
          length += chunk.byteLength;
          if (length < upload) return;
          sum = await sumOf(concatBytes(chunks));
          socket.end(download.subarray(2 ** 20));
        });
      }, async (port) => {
        await withProbe(async ({ call, socketsClosed }) => {
          assertEquals(
            await call("exchange", port, upload),
            [download.byteLength, await sha256(download)],
          );
          assertEquals(sum, await sumOf(pattern(upload, 2)));
          await socketsClosed(1);
          await eventually(() => open === 0);
        });
      });
    },
    options,
  );

  test(
    `${where}: a connection cannot half-close, and reading goes on`,
    async () => {
      await withPeer((socket) => {
        socket.once("data", (chunk) => {
          setTimeout(() => socket.end(`got ${chunk}`), 200);
        });
      }, async (port) => {
        await withProbe(async ({ call, socketsClosed }) => {
          const { failure, ...rest } = await call("halfClose", port) as {
            failure: { name: string };
          };
          assertEquals(failure.name, "HalfCloseUnsupportedError");
          assertEquals<unknown>(
            rest,
            { halfClose: false, protocol: V4, text: "got hello" },
          );
          await socketsClosed(1);
        });
      });
    },
    options,
  );

  test(
    `${where}: a refused port and a missing pod are typed errors`,
    async () => {
      const port = await closedPort();
      await withProbe(async ({ call, socketsClosed }) => {
        const refused = { name: "PortForwardError", reason: "Unreachable" };
        for (
          const failure of [
            await call("closedBy", "web-0", port),
            await call("request", `http://web:${port}/`),
          ]
        ) {
          const { message, ...rest } = failure as { message: string };
          assertEquals<unknown>(rest, refused);
          assertStringIncludes(message, "refused");
        }
        const { name, message } = await call("closedBy", "nowhere", port) as {
          name: string;
          message: string;
        };
        // The standard WebSocket does not show the status of a refused upgrade.
        assertEquals(name, "ConnectError");
        assertStringIncludes(message, "cannot see the answer");
        await socketsClosed(3);
      });
    },
    options,
  );

  test(`${where}: fetch from a pod, with a streaming body`, async () => {
    await withHttpPeer(async (request) => {
      const { method, headers } = request;
      const text = await request.text();
      const names = ["x-mine", "cookie", "origin"];
      const seen = names.map((name) => headers.get(name)).join();
      return new Response(
        `${method} ${new URL(request.url).pathname} ${text}`,
        {
          status: 201,
          headers: { "x-seen": seen },
        },
      );
    }, async (port) => {
      await withProbe(async ({ call, socketsClosed }) => {
        const url = `http://web.test:${port}/a`;
        const got = await call("request", url) as { headers: string[][] };
        const { headers, ...rest } = got;
        assertEquals<unknown>(rest, { status: 201, text: "GET /a " });
        assertEquals(new Map(headers as never).get("x-seen"), ",,");
        const posted = await call("request", url, {
          method: "POST",
          headers: { "x-mine": "yes", cookie: "a=1", origin: "https://a.b" },
          body: ["one, ", "two"],
        }) as { headers: string[][]; text: string };
        assertEquals(posted.text, "POST /a one, two");
        assertEquals(
          new Map(posted.headers as never).get("x-seen"),
          "yes,a=1,https://a.b",
        );
        await socketsClosed(2);
      });
    });
  }, options);

  test(
    `${where}: a large answer is read slowly, and an abort ends one`,
    async () => {
      const large = pattern(6 * 2 ** 20);
      let hanging = 0;
      await withHttpPeer((request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/large") return new Response(large);
        hanging++;
        const ended = () => void hanging--;
        if (pathname === "/head") {
          return new Promise<Response>((resolve) =>
            request.signal.addEventListener("abort", () => {
              ended();
              resolve(new Response());
            })
          );
        }
        return new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(pattern(100)),
            cancel: ended,
          }),
        );
      }, async (port) => {
        await withProbe(async ({ call, socketsClosed }) => {
          const url = `http://web.test:${port}`;
          assertEquals(
            await call("readSlowly", `${url}/large`),
            [large.byteLength, await sha256(large)],
          );
          for (const stage of ["head", "body"]) {
            const failure = await call("abort", `${url}/${stage}`, stage);
            assertEquals((failure as { message: string }).message, "enough");
          }
          await eventually(() => hanging === 0);
          await socketsClosed(3);
        });
      });
    },
    options,
  );

  test(
    `${where}: an answer that is read too slowly overflows, and ends`,
    async () => {
      let cancelled = false;
      const endless = () =>
        new ReadableStream({
          pull: (controller) => controller.enqueue(pattern(100_000)),
          cancel: () => void (cancelled = true),
        });
      await withHttpPeer(() => new Response(endless()), async (port) => {
        await withProbe(async ({ call, socketsClosed }) => {
          const url = `http://web.test:${port}/`;
          const failure = await call("readTooSlowly", url, 2 ** 20);
          assertEquals(
            (failure as { name: string }).name,
            "BufferOverflowError",
          );
          await eventually(() => cancelled);
          await socketsClosed(1);
        });
      });
    },
    options,
  );
}
