import { assertEquals } from "@std/assert";
import { Api, ConfigurationError, createClient, Pod } from "../../mod.ts";
import { test } from "../harness.ts";
import { rejection } from "../support/settling.ts";
import { onSocket } from "./road.ts";

const command = ["echo", "in"];

onSocket(
  "login: a client certificate serves HTTP and WebSocket alike",
  async ({ cluster, pod }) => {
    const name = await pod();
    const { server, certificateAuthority } = cluster.clientOptions();
    const { clientCertificate, clientKey } = cluster;
    if (clientCertificate === null || clientKey === null) {
      // Deno before 2.9: its server does not ask for certificates, and says so.
      await rejection(cluster.issueClientCertificate("x"), ConfigurationError);
      return;
    }
    const client = await createClient({
      server,
      certificateAuthority,
      clientCertificate,
      clientKey,
    });
    const pods = new Api(Pod, { client, namespace: "default" });
    assertEquals((await pods.get(name)).metadata.name, name);
    assertEquals((await pods.exec.run(name, { command })).text(), "in\n");
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
