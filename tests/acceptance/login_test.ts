import { assertEquals } from "@std/assert";
import { Api, createClient, HandshakeError, Pod } from "../../mod.ts";
import { test } from "../harness.ts";
import { rejection } from "../support/settling.ts";
import { onSocket } from "./road.ts";

const command = ["echo", "in"];

/** Deno's server does not ask for client certificates before 2.9. */
function asksForCertificates(): boolean {
  const deno = Reflect.get(globalThis, "Deno") as {
    version: { deno: string };
  } | undefined;
  if (deno === undefined) return true;
  const [major = 0, minor = 0] = deno.version.deno.split(".").map(Number);
  return major > 2 || minor >= 9;
}

onSocket(
  "login: a client certificate serves HTTP and WebSocket alike",
  async ({ cluster, pod }) => {
    const name = await pod();
    const { server, certificateAuthority } = cluster.clientOptions();
    const client = await createClient({
      server,
      certificateAuthority,
      clientCertificate: cluster.clientCertificate ?? "",
      clientKey: cluster.clientKey ?? "",
    });
    const pods = new Api(Pod, { client, namespace: "default" });
    if (asksForCertificates()) {
      assertEquals((await pods.get(name)).metadata.name, name);
      assertEquals((await pods.exec.run(name, { command })).text(), "in\n");
    } else {
      const call = pods.exec.run(name, { command });
      assertEquals((await rejection(call, HandshakeError)).status, 401);
    }
    await client.close();
  },
);

onSocket(
  "login: a token is asked for at each connection",
  async ({ cluster, pod }) => {
    const name = await pod();
    let asked = 0;
    const client = await createClient({
      ...cluster.clientOptions(),
      token: () => {
        asked++;
        return Promise.resolve(cluster.token);
      },
    });
    const pods = new Api(Pod, { client, namespace: "default" });
    await pods.exec.run(name, { command });
    await pods.exec.run(name, { command });
    assertEquals(asked, 2);
    await client.close();
  },
);

onSocket(
  "login: a server behind a path prefix is reached",
  async ({ pods, pod }) => {
    const name = await pod();
    assertEquals((await pods.exec.run(name, { command })).text(), "in\n");
  },
  { cluster: { pathPrefix: "/k8s/clusters/one" } },
);

test("login: a token provider that fails is the error of the call", async () => {
  const failure = new Error("no token today");
  const client = await createClient({
    server: "https://127.0.0.1:1",
    token: () => Promise.reject(failure),
  });
  const pods = new Api(Pod, { client, namespace: "default" });
  const error = await rejection(pods.exec.run("x", { command }));
  assertEquals(error === failure || (error as Error).cause === failure, true);
  await client.close();
});
