// The package in a page of a real browser, on the browser's WebSocket.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { test } from "../../harness.ts";
import { missing } from "./chromium.ts";
import { withProbe } from "./in_page.ts";
import type { Probe } from "./probe.ts";

const OPTIONS = { skip: missing, crossCheck: true, timeout: 60_000 };

/** Calls a function of the probe in a page. */
async function inPage(
  name: keyof Probe,
  ...rest: readonly unknown[]
): Promise<unknown> {
  let value: unknown;
  await withProbe("tests/platforms/browser/probe.ts", async ({ call }) => {
    value = await call(name, ...rest);
  });
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
