// A Worker in Cloudflare's runtime, against the embedded cluster over TLS.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bundleForPage } from "../browser/bundle.ts";
import { withPodCluster } from "../browser/servers.ts";
import type { Container } from "../../../mod.ts";
import { test } from "../../harness.ts";
import { withControlledSleep } from "../../support/controlled_sleep.ts";
import { withWorker } from "./workerd.ts";

const OPTIONS = { timeout: 60_000 };

/** Sends a request to the Worker of the example, optionally with another token. */
async function request(
  path: string,
  body: (answer: Response) => Promise<void>,
  { token, container }: {
    readonly token?: string;
    readonly container?: Partial<Container>;
  } = {},
): Promise<void> {
  const script = await bundleForPage("examples/cloudflare_worker.ts");
  await withPodCluster((cluster) =>
    withWorker({
      script,
      certificateAuthority: cluster.certificateAuthority!,
      settings: {
        KUBE_SERVER: cluster.server,
        KUBE_TOKEN: token ?? cluster.token,
      },
    }, async (url) => await body(await fetch(url + path))), container);
}

test(
  "cloudflare_worker.ts streams a command's output into its response while it runs",
  async () => {
    await withControlledSleep(({ container, release }) =>
      request("/pods/web-0/clock", async (answer) => {
        assertEquals(answer.status, 200);
        let text = "";
        for await (const part of answer.body!) {
          text += new TextDecoder().decode(part);
          // This part arrived while the command still sleeps.
          await release();
        }
        assertMatch(text, /^(.+\n){3}$/);
      }, { container })
    );
  },
  OPTIONS,
);

test(
  "cloudflare_worker.ts: a refused token gives a response, not a hang",
  async () => {
    await request("/pods/web-0/clock", async (answer) => {
      assertEquals(answer.status, 502);
      const text = await answer.text();
      assertStringIncludes(text, "WebSocket");
      assertEquals(text.includes("s3cret"), false);
    }, { token: "s3cret" });
  },
  OPTIONS,
);
