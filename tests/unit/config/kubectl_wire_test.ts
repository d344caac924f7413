// The identity headers on the wire, byte by byte, compared to kubectl's.
import { assertEquals } from "@std/assert";
import process from "node:process";
import { createClient } from "../../../src/client/create_client.ts";
import { parseKubeconfig } from "../../../src/config/mod.ts";
import { executableProblem } from "../../../src/testing/containers/executable.ts";
import { runtime, test } from "../../harness.ts";
import { startByteServer } from "../../support/byte_server.ts";
import { AUTHORITY } from "../../support/pem.ts";
import { atHome, runKubectl } from "./kubectl/answers.ts";

const asks = runtime === "node" && parseInt(process.versions.node) === 24;
const skip = !asks
  ? "the tests on Node 24 ask kubectl"
  : executableProblem("kubectl", process.env.PATH ?? "") === null
  ? undefined
  : "there is no kubectl on this machine";

/** The kubeconfig for a server at `address`. */
interface Row {
  readonly cluster: (address: string) => Record<string, unknown>;
  readonly user: Record<string, unknown>;
  /** The expected headers of both, in any order. */
  readonly lines: readonly string[];
}

const http = (address: string) => ({ server: `http://${address}` });

const ROWS: Readonly<Record<string, Row>> = {
  "an anonymous user": { cluster: http, user: {}, lines: [] },
  "a user in groups": {
    cluster: http,
    user: { as: "jane", "as-uid": "7", "as-groups": ["dev", "ops, and more"] },
    lines: [
      "impersonate-group: dev",
      "impersonate-group: ops, and more",
      "impersonate-uid: 7",
      "impersonate-user: jane",
    ],
  },
  "a user with all fields, in UTF-8": {
    cluster: http,
    user: {
      as: "zoë",
      "as-groups": ["日本", ""],
      "as-user-extra": { "acme.com/Scope (é)+%": ["view", "", "édit"], no: [] },
    },
    lines: [
      "impersonate-extra-acme.com/scope (é)+%: ",
      "impersonate-extra-acme.com/scope (é)+%: view",
      "impersonate-extra-acme.com/scope (é)+%: édit",
      "impersonate-group: ",
      "impersonate-group: 日本",
      "impersonate-user: zoë",
    ],
  },
  "a server without a scheme, and with an authority": {
    cluster: (address) => ({
      server: `${address}/?a=b#c`,
      "certificate-authority-data": btoa(AUTHORITY),
    }),
    user: { as: "jane" },
    lines: ["impersonate-user: jane"],
  },
};

/** The identity headers of the last request while `body` runs. */
async function linesSent(
  body: (address: string) => Promise<void>,
): Promise<string[]> {
  let last = "";
  const server = await startByteServer((socket) => {
    let head = "";
    socket.on("error", () => {});
    socket.setEncoding("utf8").on("data", (text) => {
      head += text;
      if (!head.endsWith("\r\n\r\n")) return;
      last = head;
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    });
  });
  try {
    await body(`127.0.0.1:${server.port}`);
  } finally {
    await server.close();
  }
  return last.split("\r\n").flatMap((line) => {
    const [name = "", value = ""] = line.split(": ", 2);
    const known = /^(authorization|impersonate-.*)$/i.test(name);
    return known ? [`${decodeURIComponent(name).toLowerCase()}: ${value}`] : [];
  }).toSorted();
}

function textOf({ cluster, user }: Row, address: string): string {
  return JSON.stringify({
    "current-context": "x",
    clusters: [{ name: "x", cluster: cluster(address) }],
    users: [{ name: "x", user }],
    contexts: [{ name: "x", context: { cluster: "x", user: "x" } }],
  });
}

for (const [who, row] of Object.entries(ROWS)) {
  test(`kubeconfig: the headers of ${who}`, async () => {
    const sent = await linesSent(async (address) => {
      const kubeconfig = parseKubeconfig(textOf(row, address));
      const client = await createClient({ kubeconfig });
      const { body } = await client.request({ method: "GET", path: "/api" });
      await body.cancel();
      await client.close();
    });
    assertEquals(sent, row.lines);
  });

  test(
    `kubeconfig: the headers of ${who} are kubectl's too`,
    async () => {
      const sent = await linesSent((address) =>
        atHome(
          { files: { f: textOf(row, address) }, list: ["f"] },
          (env) => runKubectl(["get", "--raw", "/api"], env).then(() => {}),
        )
      );
      assertEquals(sent, row.lines);
    },
    { skip, crossCheck: true, shared: true },
  );
}
