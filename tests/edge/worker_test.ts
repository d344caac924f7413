// A Worker in Cloudflare's own runtime, against the embedded cluster over TLS.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bundleForPage } from "../browser/bundle.ts";
import { withPod } from "../browser/place.ts";
import { test } from "../harness.ts";
import { withWorker } from "./workerd.ts";

const OPTIONS = { timeout: 60_000 };

/** Asks the Worker of an example, whose token may be replaced. */
async function ask(
  path: string,
  body: (answer: Response) => Promise<void>,
  token?: string,
): Promise<void> {
  const script = await bundleForPage("examples/cloudflare_worker.ts");
  await withPod((cluster) =>
    withWorker({
      script,
      certificateAuthority: cluster.certificateAuthority!,
      settings: {
        KUBE_SERVER: cluster.server,
        KUBE_TOKEN: token ?? cluster.token,
      },
    }, async (url) => await body(await fetch(url + path)))
  );
}

test(
  "cloudflare_worker.ts streams a command's output into its answer, as it comes",
  async () => {
    await ask("/pods/web-0/clock", async (answer) => {
      assertEquals(answer.status, 200);
      const times: number[] = [];
      let text = "";
      for await (const part of answer.body!) {
        text += new TextDecoder().decode(part);
        times.push(performance.now());
      }
      assertMatch(text, /^(.+\n){3}$/);
      // One line a second: what comes at once was held back.
      assertEquals(times.at(-1)! - times[0]! > 1_000, true);
    });
  },
  OPTIONS,
);

test(
  "cloudflare_worker.ts: a token that is refused is an answer, not a hang",
  async () => {
    await ask("/pods/web-0/clock", async (answer) => {
      assertEquals(answer.status, 502);
      const text = await answer.text();
      assertStringIncludes(text, "WebSocket");
      assertEquals(text.includes("s3cret"), false);
    }, "s3cret");
  },
  OPTIONS,
);
