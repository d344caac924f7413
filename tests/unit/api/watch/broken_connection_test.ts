// Watches and followed logs over real sockets that break.
import { assertEquals } from "@std/assert";
import { Api, createClient, Pod } from "../../../../mod.ts";
import { webTransport } from "../../../../src/adapters/web/mod.ts";
import type {
  BodyWriter,
  ServerExchange,
} from "../../../../src/testing/server/server_exchange.ts";
import { startHttpServer } from "../../../../src/testing/server/http_server.ts";
import { runtime, test } from "../../../harness.ts";
import { pod } from "../../../support/scripted_api.ts";

/** What a server does with one request. */
type Turn = (exchange: ServerExchange, body: () => BodyWriter) => void;

/** Runs `body` with an Api whose server plays the turns, on a transport. */
async function withTurns(
  way: "socket" | "web",
  turns: Turn[],
  body: (pods: Api<typeof Pod>, requests: URLSearchParams[]) => Promise<void>,
): Promise<void> {
  const requests: URLSearchParams[] = [];
  const pods = [pod("a", 1), pod("a", 2, "Succeeded")];
  const server = await startHttpServer({
    handle(exchange) {
      const { url } = exchange.request;
      if (url.pathname.endsWith("/pods/a")) {
        return exchange.respondJson(200, pods.shift());
      }
      requests.push(url.searchParams);
      turns.shift()?.(exchange, () => exchange.stream(200));
    },
  });
  const transport = way === "web" ? { transport: webTransport() } : {};
  const client = await createClient({
    server: server.url,
    namespace: "default",
    ...transport,
  });
  try {
    await body(new Api(Pod, { client }), requests);
  } finally {
    await client.close();
    await server.close();
  }
}

const list: Turn = (exchange) =>
  exchange.respondJson(200, { metadata: { resourceVersion: "1" }, items: [] });

function event(version: number): string {
  return JSON.stringify({ type: "ADDED", object: pod("a", version) }) + "\n";
}

/**
 * The ways in which a connection goes: once its client has read what came, as
 * Bun's fetch drops what it has not.
 */
const ENDINGS = {
  reset: (exchange: ServerExchange) => exchange.reset(),
  end: (exchange: ServerExchange) => exchange.end(),
};

/** Bun 1.3's fetch asks again by itself, and adds the answer to the body. */
const strange = runtime === "bun" && !("pause" in WebSocket.prototype);

for (const way of ["socket", "web"] as const) {
  if (strange && way === "web") continue;
  for (const [what, ending] of Object.entries(ENDINGS)) {
    test(`watch, ${way}: a ${what} of the connection is survived`, async () => {
      let leave = () => {};
      const broken: Turn = (exchange, body) => {
        body().write(event(2) + event(3).slice(0, 10));
        leave = () => ending(exchange);
      };
      const whole: Turn = (_, body) => void body().write(event(3));
      await withTurns(way, [list, broken, whole], async (pods, requests) => {
        const versions: string[] = [];
        for await (const { object } of pods.watch()) {
          versions.push(object.metadata.resourceVersion);
          if (versions.length === 2) break;
          leave();
        }
        assertEquals(versions, ["2", "3"]);
        assertEquals(requests[2]?.get("resourceVersion"), "2");
      });
    });

    test(`logs.lines, ${way}: a ${what} of the connection is survived`, async () => {
      const at = (second: number, text: string) =>
        `2026-01-01T00:00:0${second}.000000000Z ${text}`;
      let leave = () => {};
      const broken: Turn = (exchange, body) => {
        body().write(`${at(1, "one")}\n${at(2, "two")}\n${at(3, "thr")}`);
        leave = () => ending(exchange);
      };
      const whole: Turn = (_, body) => {
        const rest = body();
        rest.write(`${at(2, "two")}\n${at(3, "three")}\n`);
        rest.end();
      };
      const turns = [broken, whole, whole];
      await withTurns(way, turns, async (pods, requests) => {
        const seen: string[] = [];
        for await (const line of pods.logs.lines("a", { follow: true })) {
          seen.push(line);
          if (line === "two") leave();
        }
        assertEquals(seen, ["one", "two", "three"]);
        assertEquals(requests[1]?.get("sinceTime"), "2026-01-01T00:00:02Z");
      });
    });
  }
}
