// The package in a page of a real browser, on the browser's WebSocket.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../harness.ts";
import { bundleForPage } from "./bundle.ts";
import { missing, withPage } from "./chromium.ts";
import { servePage, withPodCluster } from "./servers.ts";
import type { PageTarget, Probe } from "./probe.ts";

const OPTIONS = { skip: missing, crossCheck: true, timeout: 60_000 };

/** Calls a function of the probe in a page. */
async function inPage(
  name: keyof Probe,
  ...rest: readonly unknown[]
): Promise<unknown> {
  const script = await bundleForPage("tests/platforms/browser/probe.ts");
  let value: unknown;
  await withPodCluster(({ server, token }) =>
    servePage(script, (url) =>
      withPage(async (page) => {
        await page.goto(url);
        await page.waitForFunction("globalThis.podwire");
        const target: PageTarget = { server, token, pod: "web-0" };
        value = await page.evaluate(
          ([name, args]) => Reflect.get(globalThis, "podwire")[name](...args),
          [name, [target, ...rest]] as const,
        );
      }))
  );
  return value;
}

test(
  "browser: run a command with stdin, stdout, stderr and exit code",
  async () => {
    const command = ["sh", "-c", "cat; echo err >&2; exit 5"];
    assertEquals(await inPage("run", command, "from a page\n"), [
      "from a page\n",
      "err\n",
      5,
    ]);
  },
  OPTIONS,
);

test(
  "browser: type into a shell, in a terminal of the requested size",
  async () => {
    const lines = ["stty size", "exit 4"];
    const [shown, exitCode, protocol] = await inPage("type", lines) as [
      string,
      number,
      string,
    ];
    assertStringIncludes(shown, "30 90");
    assertEquals([exitCode, protocol], [4, "v4.channel.k8s.io"]);
  },
  OPTIONS,
);

test("browser: 4 MiB come back unchanged", async () => {
  assertEquals(await inPage("echo", 4 * 2 ** 20), 4 * 2 ** 20);
}, OPTIONS);
