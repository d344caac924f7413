// Authentication and authorization on the embedded cluster.
import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "node:tls";
import { bearerSubprotocol } from "../../../src/channel/subprotocols.ts";
import { ConfigurationError } from "../../../src/errors.ts";
import {
  type Cluster,
  type ClusterUser,
  type PemPair,
  startCluster,
} from "../../../src/testing/mod.ts";
import { seesClientCertificates } from "../../../src/testing/server/tls_listener.ts";
import { test } from "../../harness.ts";
import { call, exec, PODS, runPod, withCluster } from "./with_cluster.ts";

const reader: ClusterUser = {
  name: "reader",
  token: "reader-token",
  allows: ({ verb, resource }) => verb === "get" || resource === "pods",
};

test("access: without credentials, or with wrong ones, 401", () =>
  withCluster({}, async (cluster) => {
    for (const authorization of ["", "Bearer wrong", "Basic eDp5"]) {
      const { status, json } = await call(cluster, "GET", PODS, undefined, {
        authorization,
      });
      assertEquals([status, json.reason, json.message], [
        401,
        "Unauthorized",
        "Unauthorized",
      ]);
    }
  }));

test("access: a forbidden request is a 403 with upstream's message", () =>
  withCluster(
    { users: [{ ...reader, allows: () => false }] },
    async (cluster) => {
      const authorization = "Bearer reader-token";
      const one = await call(cluster, "GET", `${PODS}/p`, undefined, {
        authorization,
      });
      assertEquals(one.status, 403);
      assertEquals(
        one.json.message,
        'pods "p" is forbidden: User "reader" cannot get resource "pods" ' +
          'in API group "" in the namespace "default"',
      );
      const all = await call(cluster, "GET", "/api/v1/pods", undefined, {
        authorization,
      });
      assertEquals(
        all.json.message,
        'pods is forbidden: User "reader" cannot list resource "pods" ' +
          'in API group "" at the cluster scope',
      );
    },
  ));

test("access: a WebSocket needs get and create", () =>
  withCluster({ users: [reader] }, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["true"], "", {
      headers: { authorization: "Bearer reader-token" },
    });
    assertEquals((await client.head).status, 403);
    await client.ended;
    // As upstream, it names neither the user nor the verb of the second check.
    const { message } = JSON.parse(client.body);
    assertEquals(message, 'pods "web-0" is forbidden: ');
  }));

test("access: the token as a subprotocol, which is not selected", () =>
  withCluster({}, async (cluster) => {
    await runPod(cluster, "web-0");
    const client = exec(cluster, "web-0", ["true"], "", {
      headers: {},
      protocols: [bearerSubprotocol(cluster.token), "v5.channel.k8s.io"],
    });
    const { status, headers } = await client.head;
    assertEquals(status, 101);
    assertEquals(headers.get("sec-websocket-protocol"), "v5.channel.k8s.io");
    await client.ended;
  }));

test("access: the token as the only subprotocol is a 401", () =>
  withCluster({}, async (cluster) => {
    const client = exec(cluster, "web-0", ["true"], "", {
      headers: {},
      protocols: [bearerSubprotocol(cluster.token)],
    });
    assertEquals((await client.head).status, 401);
    await client.ended;
  }));

test("access: a wrong token among the subprotocols is a 401", () =>
  withCluster({}, async (cluster) => {
    const client = exec(cluster, "web-0", ["true"], "", {
      headers: {},
      protocols: [bearerSubprotocol("wrong"), "v5.channel.k8s.io"],
    });
    assertEquals((await client.head).status, 401);
    await client.ended;
  }));

/** GETs the pods with a client certificate alone, and returns the status line. */
function withCertificate(cluster: Cluster, pair: PemPair): Promise<string> {
  const { hostname, port } = new URL(cluster.server);
  const socket = connect({
    host: hostname,
    port: Number(port),
    servername: "localhost",
    ca: cluster.certificateAuthority!,
    cert: pair.certificate,
    key: pair.key,
  });
  socket.write(`GET ${PODS} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  return new Promise((resolve, reject) => {
    let text = "";
    socket.on("data", (chunk: Uint8Array) => text += chunk);
    socket.on("error", reject);
    socket.on("close", () => resolve(text.split("\r\n")[0]!));
  });
}

if (seesClientCertificates) {
  test("access: a client certificate is the administrator, or a user without permissions", async () => {
    const cluster = await startCluster();
    try {
      const administrator = {
        certificate: cluster.clientCertificate!,
        key: cluster.clientKey!,
      };
      assertEquals(
        await withCertificate(cluster, administrator),
        "HTTP/1.1 200 OK",
      );
      const stranger = await cluster.issueClientCertificate("stranger");
      assertEquals(
        await withCertificate(cluster, stranger),
        "HTTP/1.1 403 Forbidden",
      );
    } finally {
      await cluster.close();
    }
  });
} else {
  test("access: Deno 2.5 refuses to issue client certificates", async () => {
    const cluster = await startCluster();
    try {
      assertEquals(cluster.clientCertificate, null);
      await assertRejects(
        () => cluster.issueClientCertificate("stranger"),
        ConfigurationError,
        "servers on Deno 2.5 cannot request one",
      );
    } finally {
      await cluster.close();
    }
  });
}
