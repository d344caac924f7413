import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  Api,
  type Client,
  createClient,
  isRunning,
  Pod,
  type Transport,
} from "../../../mod.ts";
import { type Cluster, startCluster } from "../../../src/testing/mod.ts";
import {
  createRelay,
  type Relay,
  type RelayEvent,
  type RelayOptions,
} from "../../../src/relay/mod.ts";
import { eventually } from "../../support/async.ts";
import { Sockets } from "../../support/sockets.ts";
import { runtime } from "../../harness.ts";

/** The origin that the relays of these tests allow. */
export const ORIGIN = "https://ops.example";

/** A relay in front of an embedded cluster with a pod, `web-0`. */
export interface Relayed {
  /** The address of the relay's server, without a path. */
  readonly url: string;
  readonly relay: Relay;
  readonly cluster: Cluster;
  readonly events: RelayEvent[];
  /** The upgrades that the cluster was asked for. */
  readonly upgrades: string[];
  /** How many connections the cluster has, beside those without a relay. */
  upstream(): number;
  /** A client as in a page: through the relay, with the page's origin. */
  page(): Promise<Client>;
}

/** Serves a relay on the native server of the runtime. */
export async function withRelay(
  options: Partial<RelayOptions>,
  body: (relayed: Relayed) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster({ tls: false });
  const upgrades: string[] = [];
  const events: RelayEvent[] = [];
  const client = await createClient({
    ...cluster.clientOptions(),
    onEvent: ({ type, path }) => {
      if (type === "upgrade") upgrades.push(path);
    },
  });
  const pages: Client[] = [];
  const relay = createRelay({
    client,
    origins: [ORIGIN],
    authorize: () => true,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const server = await serve(relay);
  try {
    await createPod(cluster);
    await eventually(() => cluster.connections === 0);
    await body({
      url: server.url,
      relay,
      cluster,
      events,
      upgrades,
      upstream: () => cluster.connections,
      async page() {
        const page = await pageClient(server.url);
        pages.push(page);
        return page;
      },
    });
  } finally {
    for (const page of pages) await page.close();
    await relay.close();
    await server.close();
    await client.close();
    await cluster.close();
  }
}

async function createPod(cluster: Cluster): Promise<void> {
  const client = await createClient(cluster.clientOptions());
  const pods = new Api(Pod, { client });
  await pods.create({
    metadata: { name: "web-0" },
    spec: { containers: [{ name: "main", image: "busybox" }] },
  });
  await pods.waitFor("web-0", isRunning);
  await client.close();
}

/** A client as in a page: through a relay, with an allowed `Origin`. */
export async function pageClient(url: string): Promise<Client> {
  const { transport } = await createClient({ server: url, token: undefined });
  const withOrigin: Transport = {
    ...transport,
    connect: (request) =>
      transport.connect({
        ...request,
        headers: { ...request.headers, origin: ORIGIN },
      }),
  };
  return await createClient({
    server: `${url}/relay`,
    namespace: "default",
    transport: withOrigin,
  });
}

interface RelayServer {
  readonly url: string;
  close(): Promise<void>;
}

function serve(relay: Relay): Promise<RelayServer> {
  if (runtime === "deno") return Promise.resolve(serveOnDeno(relay));
  return runtime === "bun"
    ? Promise.resolve(serveOnBun(relay))
    : serveOnNode(relay);
}

function serveOnDeno(relay: Relay): RelayServer {
  const stopping = new AbortController();
  const { signal } = stopping;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal },
    relay,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    // Its shutdown waits for ever for a page that left before it was accepted.
    async close() {
      stopping.abort();
      await server.finished;
    },
  };
}

interface BunGlobal {
  serve(options: {
    hostname: string;
    port: number;
    fetch: Relay;
    websocket: Relay["websocket"];
  }): { readonly port: number; stop(force: boolean): Promise<void> };
}

function serveOnBun(relay: Relay): RelayServer {
  const { serve } = Reflect.get(globalThis, "Bun") as BunGlobal;
  const server = serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: relay,
    websocket: relay.websocket,
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    // Bun 1.3 miscounts WebSockets, and never resolves it.
    close: () => {
      server.stop(true);
      return Promise.resolve();
    },
  };
}

async function serveOnNode(relay: Relay): Promise<RelayServer> {
  const sockets = new Sockets();
  const server: Server = createServer((_, response) => {
    response.writeHead(426).end();
  });
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("upgrade", relay.upgrade);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => sockets.close(server),
  };
}
