// examples/health_page/ as its user sees it, in a real browser.
import { assertEquals, assertMatch } from "@std/assert";
import { test } from "../../harness.ts";
import { withHttpPeer } from "../port_forward/http_peer.ts";
import { missing, withPage } from "./chromium.ts";
import { withPageExample } from "./page_example.ts";

const OPTIONS = { skip: missing, crossCheck: true, timeout: 60_000 };

test(
  "health page: by the relay, the health of a pod, and of one that is ill",
  async () => {
    let healthy = true;
    const asked: string[] = [];
    await withHttpPeer(({ url }) => {
      asked.push(new URL(url).pathname);
      const text = healthy ? "<b>fine</b>" : "no database";
      return new Response(text, { status: healthy ? 200 : 503 });
    }, async (port) => {
      const args = [`${port}`];
      await withPageExample("health_page/serve.ts", args, async (url) => {
        await withPage(async (page) => {
          const faults: string[] = [];
          page.on("pageerror", ({ message }) => faults.push(message));
          const shows = (id: string, hasText: string | RegExp) =>
            page.locator(`#${id}`).filter({ hasText }).waitFor();
          await page.goto(`${url}/#pod=web-0&port=${port}`);
          await shows("status", "healthy (200)");
          assertEquals(await page.locator("#text").innerText(), "<b>fine</b>");
          healthy = false;
          await page.locator("#again").click();
          await shows("status", "ill (503)");
          await shows("text", "no database");
          assertEquals(asked, ["/health", "/health"]);
          assertEquals(faults, []);
        });
      });
    });
  },
  OPTIONS,
);

test("health page: it reaches no other port", async () => {
  let asked = 0;
  await withHttpPeer(() => {
    asked++;
    return new Response();
  }, async (port) => {
    await withPageExample("health_page/serve.ts", ["80"], async (url) => {
      const answer = await fetch(url);
      assertMatch(
        `${answer.headers.get("content-security-policy")}`,
        /^default-src 'self'; frame-ancestors 'none'$/,
      );
      await answer.body?.cancel();
      await withPage(async (page) => {
        await page.goto(`${url}/#pod=web-0&port=${port}`);
        await page.locator("#status").filter({ hasText: "no answer" })
          .waitFor();
        assertMatch(await page.locator("#text").innerText(), /upgrade failed/);
      });
      assertEquals(asked, 0);
    });
  });
}, OPTIONS);
