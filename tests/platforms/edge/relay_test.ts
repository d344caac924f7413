// A relay in a Worker, in Cloudflare's runtime, in front of the embedded cluster.
import { assertEquals } from "@std/assert";
import { Api, Pod } from "../../../mod.ts";
import { test } from "../../harness.ts";
import { eventually } from "../../support/async.ts";
import { RawPage } from "../../unit/relay/raw_page.ts";
import { pageClient } from "../../unit/relay/serve_relay.ts";
import { bundleForPage } from "../browser/bundle.ts";
import { withPodCluster } from "../browser/servers.ts";
import { withWorker } from "./workerd.ts";

test(
  "relay in a Worker: a page runs a command; others are refused; nothing stays",
  async () => {
    const script = await bundleForPage("tests/platforms/edge/relay_worker.ts");
    await withPodCluster((cluster) =>
      withWorker({
        script,
        certificateAuthority: cluster.certificateAuthority!,
        settings: { KUBE_SERVER: cluster.server, KUBE_TOKEN: cluster.token },
      }, async (url) => {
        await eventually(() => cluster.connections === 0);
        const rows = [
          [{ origin: "https://evil.example" }, 403],
          [{ upgrade: null, connection: null }, 426],
          [{ "sec-websocket-protocol": "chat" }, 400],
        ] as const;
        for (const [headers, status] of rows) {
          const page = new RawPage(url, { headers });
          assertEquals(await page.status, status);
          page.socket.destroy();
          await page.closed;
        }
        assertEquals(cluster.connections, 0);

        const client = await pageClient(url);
        const pods = new Api(Pod, { client });
        const stdin = new Uint8Array(1_000_000).fill(7);
        const copy = await pods.exec.run("web-0", { command: ["cat"], stdin });
        assertEquals(copy.stdout, stdin);
        const command = ["sh", "-c", "exit 7"];
        const { exitCode } = await pods.exec.run("web-0", { command });
        assertEquals(exitCode, 7);
        await client.close();

        const leavers = [1, 2, 3].map(() => new RawPage(url));
        for (const page of leavers) assertEquals(await page.status, 101);
        leavers[0]!.close();
        leavers[1]!.socket.end();
        leavers[2]!.reset();
        await eventually(() => cluster.connections === 0);
        for (const page of leavers) page.socket.destroy();
      })
    );
  },
  { timeout: 60_000 },
);
