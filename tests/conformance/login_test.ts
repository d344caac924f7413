import { assertEquals } from "@std/assert";
import { Api, createClient, Pod } from "../../mod.ts";
import { test } from "../harness.ts";
import { rejection } from "../support/async.ts";
import { embeddedCase, testCase } from "./fixture.ts";

const command = ["echo", "in"];

testCase(
  "login: HTTP and WebSocket use a client certificate",
  async ({ options, namespace, certificate, pod }) => {
    const name = await pod();
    const issued = await certificate("admin");
    // Deno before 2.9: its server does not request client certificates.
    if (issued === null) return;
    const { server, certificateAuthority } = options();
    const client = await createClient({
      server,
      certificateAuthority,
      clientCertificate: issued.certificate,
      clientKey: issued.key,
    });
    const pods = new Api(Pod, { client, namespace });
    assertEquals((await pods.get(name)).metadata.name, name);
    assertEquals((await pods.exec.run(name, { command })).text(), "in\n");
    await client.close();
  },
  { transports: ["socket"], needs: ["certificates"] },
);

testCase(
  "login: a token function is called for each connection",
  async ({ options, pod }) => {
    const name = await pod();
    const { token, ...rest } = options();
    let asked = 0;
    const client = await createClient({
      ...rest,
      token: () => {
        asked++;
        return Promise.resolve(token as string);
      },
    });
    const pods = new Api(Pod, { client });
    await pods.exec.run(name, { command });
    await pods.exec.run(name, { command });
    assertEquals(asked, 2);
    await client.close();
  },
  { transports: ["socket"] },
);

embeddedCase(
  "login: a server behind a path prefix is reached",
  async ({ pods, pod }) => {
    const name = await pod();
    assertEquals((await pods.exec.run(name, { command })).text(), "in\n");
  },
  { transports: ["socket"], cluster: { pathPrefix: "/k8s/clusters/one" } },
);

test("login: a token function's failure is the call's error", async () => {
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
