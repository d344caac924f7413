// What a server is told of the user, compared to kubectl's.
import { assertEquals } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { Buffer } from "node:buffer";
import process from "node:process";
import { parseCommandLine } from "../../../src/cli/command_line.ts";
import { withPods } from "../../../src/cli/pod.ts";
import { sharedCertificates } from "../../conformance/transport/fixtures.ts";
import { runtime, test } from "../../harness.ts";
import { withTempFolder } from "../../support/temp_folder.ts";
import { crossCheck, runKubectl } from "../testing/with_kubectl.ts";

/** The flags, and what the server is told; null if it is never asked. */
const ROWS: readonly (readonly [flags: string, told: string | null])[] = [
  ["", "Bearer old; jane; dev"],
  ["--token=new", "Bearer new; jane; dev"],
  ["--user=cert", "; CN=alice"],
  ["--user=cert --token=new", "Bearer new; CN=alice"],
  ["--user=none --client-certificate=CERT --client-key=KEY", "; CN=alice"],
  ["--user=none --client-certificate=CERT", null],
  ["--user=password --token=new", null],
  ["--user=missing", null],
  ["--cluster=missing", null],
  ["--context=missing", null],
  ["--as=joe", "Bearer old; joe; dev"],
  ["--as=joe --as-uid=7", "Bearer old; joe; dev; 7"],
  ["--as-group=ops --as-group=a,b", "Bearer old; jane; ops, a,b"],
  ["--user=none --as-group=ops", null],
  ["--cluster=strange", null],
  ["--cluster=strange --certificate-authority=CA", "Bearer old; jane; dev"],
  ["--cluster=strange --insecure-skip-tls-verify", "Bearer old; jane; dev"],
  ["--cluster=open --certificate-authority=OTHER", null],
  ["--insecure-skip-tls-verify --certificate-authority=CA", null],
  ["--cluster=named", null],
  ["--cluster=named --server=SERVER", "Bearer old; jane; dev"],
  ["--tls-server-name=kube.internal", "Bearer old; jane; dev"],
  ["--tls-server-name=other.internal", null],
  ["--context=nowhere --server=SERVER", null],
  ["--context=nowhere --cluster=here", "Bearer old"],
  ["--kubeconfig=EMPTY --server=SERVER --token=t", null],
  [
    "--kubeconfig=EMPTY --server=SERVER --token=t --certificate-authority=CA",
    "Bearer t",
  ],
];

const isNode24 = runtime === "node" && parseInt(process.versions.node) === 24;

const base64 = (text: string) => Buffer.from(text).toString("base64");

async function kubeconfig(server: string): Promise<string> {
  const { authority, client } = await sharedCertificates();
  const trusted = {
    server,
    "certificate-authority-data": base64(authority.certificate),
  };
  return JSON.stringify({
    "current-context": "here",
    contexts: [
      { name: "here", context: { cluster: "here", user: "token" } },
      { name: "nowhere", context: { cluster: "gone", user: "plain" } },
    ],
    clusters: [
      { name: "here", cluster: trusted },
      { name: "strange", cluster: { server } },
      { name: "open", cluster: { server, "insecure-skip-tls-verify": true } },
      {
        name: "named",
        cluster: { ...trusted, "tls-server-name": "other.internal" },
      },
    ],
    users: [
      {
        name: "token",
        user: { token: "old", as: "jane", "as-groups": ["dev"] },
      },
      { name: "plain", user: { token: "old" } },
      { name: "none", user: {} },
      { name: "password", user: { username: "me", password: "p" } },
      {
        name: "cert",
        user: {
          "client-certificate-data": base64(client.certificate),
          "client-key-data": base64(client.key),
        },
      },
    ],
  });
}

/** A server that notes who asks it. */
async function withServer(
  body: (url: string, told: () => string | null) => Promise<void>,
): Promise<void> {
  const { authority, server: pair } = await sharedCertificates();
  let last: string | null = null;
  const server = createServer({
    cert: pair.certificate,
    key: pair.key,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  }, ({ headers, socket }, response) => {
    const { subject } = (socket as TLSSocket).getPeerCertificate();
    last = [
      headers.authorization ?? "",
      headers["impersonate-user"],
      headers["impersonate-group"],
      headers["impersonate-uid"],
      subject && `CN=${subject.CN}`,
    ].filter((it) => it !== undefined).join("; ");
    response.setHeader("connection", "close");
    response.setHeader("content-type", "application/json");
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await body(`https://127.0.0.1:${port}`, () => {
      const told = last;
      last = null;
      return told;
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const PATH = "/api/v1/namespaces/default/pods/web-0";

test("program: the flags of users and clusters are kubectl's", async () => {
  await withServer(async (url, told) => {
    await withTempFolder(async ({ path }) => {
      const { authority, client } = await sharedCertificates();
      const files: Record<string, string> = {
        CA: authority.certificate,
        OTHER: client.certificate,
        CERT: client.certificate,
        KEY: client.key,
        EMPTY: "{}",
        CONFIG: await kubeconfig(url),
      };
      for (const [name, text] of Object.entries(files)) {
        await writeFile(`${path}/${name}`, text);
      }
      const wordsOf = (flags: string) => {
        const config = flags.includes("--kubeconfig") ? "" : "CONFIG";
        return [...flags.split(" "), config && `--kubeconfig=${config}`]
          .filter((word) => word !== "").map((word) =>
            word.replace(
              /=([A-Z]+)$/,
              (_, name: string) =>
                `=${name === "SERVER" ? url : `${path}/${name}`}`,
            )
          );
      };
      const env = { HOME: path, KUBECONFIG: "" };
      const seen = { ours: [] as unknown[], kubectl: [] as unknown[] };
      for (const [flags] of ROWS) {
        const words = wordsOf(flags);
        const line = parseCommandLine(["logs", "web-0", ...words]);
        await withPods(line, async (pods) => {
          await pods.get("web-0");
          return 0;
        }).catch(() => {});
        seen.ours.push([flags, told()]);
        await runKubectl(["get", "--raw", PATH, ...words], env);
        seen.kubectl.push([flags, told()]);
      }
      assertEquals(seen.ours, ROWS);
      assertEquals(seen.kubectl, ROWS);
    });
  });
}, {
  ...crossCheck,
  // The server of Deno and Bun does not show the client's certificate.
  skip: crossCheck.skip ?? (isNode24 ? undefined : "the server is Node 24's"),
  shared: false,
  timeout: 180_000,
});
