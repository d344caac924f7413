// Kept connections of whole clients: credentials, a shared transport, closing.
import { assertEquals } from "@std/assert";
import { Api, createClient, Pod, PodwireError } from "../../../mod.ts";
import { encodeText } from "../../../src/bytes.ts";
import { test } from "../../harness.ts";
import { eventually, macrotask, rejection } from "../../support/async.ts";
import {
  response,
  type ScriptedRequest,
  type ScriptedServer,
  startScriptedServer,
} from "../../support/scripted_server.ts";
import { runtimeTransport } from "./subject.ts";

const POD = JSON.stringify({ kind: "Pod", metadata: { name: "web-0" } });

async function withServer(
  script: (request: ScriptedRequest) => unknown,
  body: (server: ScriptedServer, url: string) => Promise<void>,
): Promise<void> {
  const server = await startScriptedServer(script);
  try {
    await body(server, `http://127.0.0.1:${server.port}`);
  } finally {
    await server.close();
    await macrotask();
  }
}

function connectionsOf({ log }: ScriptedServer): string[] {
  return log.map((line) => line.split(" ")[0]!);
}

test("fresh credentials after a 401 do not use the connection of the old ones", async () => {
  const refused = response("no").replace("200 OK", "401 Unauthorized");
  await withServer(({ headers }) => {
    const isOld = headers.get("authorization") === "Bearer old";
    return isOld ? refused : response(POD);
  }, async (server, url) => {
    const tokens = ["old"];
    const client = await createClient({
      server: url,
      token: () => Promise.resolve(tokens.shift() ?? "new"),
    });
    const pods = new Api(Pod, { client, namespace: "default" });
    await pods.get("web-0");
    await pods.get("web-0");
    assertEquals(connectionsOf(server), ["1.1", "2.1", "2.2"]);
    await client.close();
  });
});

test("two clients of one transport: each closes it, and neither harms the other", async () => {
  const slow = Promise.withResolvers<void>();
  await withServer(async ({ socket, target }) => {
    if (target.endsWith("slow")) await slow.promise;
    socket.write(encodeText(response(POD)));
  }, async (server, url) => {
    const transport = runtimeTransport();
    const open = async (token: string) => {
      const client = await createClient({ server: url, token, transport });
      return { client, pods: new Api(Pod, { client, namespace: "default" }) };
    };
    const alice = await open("alice");
    const bob = await open("bob");
    await alice.pods.get("web-0");
    await bob.pods.get("web-0");
    assertEquals(server.connections, 2);
    const waiting = bob.pods.get("slow");
    await eventually(() => server.log.length === 3);
    await alice.client.close();
    await eventually(() => server.open === 1);
    slow.resolve();
    await waiting;
    await bob.pods.get("web-0");
    await bob.pods.get("web-0");
    assertEquals(connectionsOf(server).slice(2), ["2.2", "3.1", "3.2"]);
    await rejection(alice.pods.get("web-0"), PodwireError);
    await bob.client.close();
    await eventually(() => server.open === 0);
  });
});

test("closing a client ends its requests and closes every connection", async () => {
  await withServer(({ target }) => {
    return target.endsWith("slow") ? undefined : response(POD);
  }, async (server, url) => {
    const client = await createClient({ server: url });
    const pods = new Api(Pod, { client, namespace: "default" });
    await Promise.all(Array.from({ length: 5 }, () => pods.get("web-0")));
    const waiting = rejection(pods.get("slow"), PodwireError);
    await eventually(() => server.log.some((line) => line.endsWith("slow")));
    await client.close();
    assertEquals((await waiting).message.includes("closed"), true);
    await eventually(() => server.open === 0);
  });
});
