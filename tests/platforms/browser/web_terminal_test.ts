// examples/web_terminal/ as its user sees it, in a real browser.
import { assert, assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import type { Cluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { bundleForPage } from "./bundle.ts";
import { missing, withPage } from "./chromium.ts";
import { callProbe } from "./in_page.ts";
import { withPageExample } from "./page_example.ts";
import { servePage } from "./servers.ts";

const OPTIONS = { skip: missing, crossCheck: true, timeout: 90_000 };

/** Runs `body` with the address of the example's server. */
function withServer(
  body: (url: string, cluster: Cluster) => Promise<void>,
): Promise<void> {
  return withPageExample("web_terminal/serve.ts", [], body);
}

/** Waits for a text in the terminal; what is typed shows there too. */
async function shows(page: Page, text: string): Promise<void> {
  await page.locator(".xterm-rows").filter({ hasText: text }).waitFor();
}

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(`${line}\n`);
}

/** How many pixels of a screenshot are as good as purely red. */
async function redPixels(page: Page): Promise<number> {
  const image = (await page.screenshot()).toString("base64");
  return await page.evaluate(async (image) => {
    // The page's policy lets it fetch no data: URL.
    const bytes = Uint8Array.from(atob(image), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let red = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
      if (r > 150 && g < 60 && b < 60) red++;
    }
    return red;
  }, image);
}

test(
  "web terminal: by the relay, a shell with colours, resizing, pasting and its exit",
  async () => {
    await withServer(async (url) => {
      await withPage(async (page) => {
        await page.goto(`${url}/#pod=web-0`);
        await shows(page, "#");
        assertEquals(await redPixels(page), 0);
        // Put together by the shell: what is typed is no proof.
        await type(page, 'printf \'\\033[41m%s\\033[0m\\n\' "  RE""D  "');
        await shows(page, "  RED  ");
        assert(await redPixels(page) > 500);

        await type(page, "stty size");
        const before = await sizeShown(page);
        await page.setViewportSize({ width: 500, height: 300 });
        // The page may come to its new size after what is typed.
        const same = `stty size | grep -q ' ${before.columns}$'`;
        const wait = `while ${same}; do sleep 0.1; done`;
        await type(page, `${wait}; clear; stty size`);
        const after = await sizeShown(page, before);
        assert(after.columns < before.columns && after.rows < before.rows);

        const copied = "echo pas''ted";
        await page.evaluate((it) => navigator.clipboard.writeText(it), copied);
        await page.keyboard.press("Control+Shift+V");
        await shows(page, copied);
        await page.keyboard.press("Enter");
        await shows(page, "pasted");

        await type(page, "exit 7");
        await shows(page, "the command exited with 7");
      });
    });
  },
  OPTIONS,
);

interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** Waits until `stty` prints a size other than `old`. */
async function sizeShown(page: Page, old?: Size): Promise<Size> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const text = await page.locator(".xterm-rows").innerText();
    const [, rows, columns] = /^\s*(\d+) (\d+)\s*$/m.exec(text) ?? [];
    const size = { rows: Number(rows), columns: Number(columns) };
    if (rows !== undefined && size.columns !== old?.columns) return size;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("stty prints no other size");
}

test("web terminal: no other page can show it in a frame", async () => {
  await withServer(async (url) => {
    const script = `
      const frame = document.body.appendChild(document.createElement("iframe"));
      frame.src = "${url}/#pod=web-0";
      frame.onload = () => document.title = "loaded";
    `;
    await servePage(script, (elsewhere) =>
      withPage(async (page) => {
        await page.goto(elsewhere);
        await page.waitForFunction("document.title === 'loaded'");
        const [, frame] = page.frames();
        assertEquals(await frame!.locator("#terminal").count(), 0);
      }));
  });
}, OPTIONS);

test(
  "web terminal: the relay refuses a page of another origin, and one that is none",
  async () => {
    const script = await bundleForPage("tests/platforms/browser/probe.ts");
    await withServer(async (url) => {
      const place = { server: `${url}/relay`, pod: "web-0" };
      await servePage(script, (elsewhere) =>
        withPage(async (page) => {
          await page.goto(elsewhere);
          await page.waitForFunction("globalThis.podwire");
          const failure = await callProbe(page, "failure", [place]);
          assertEquals(failure, ["ConnectError", "UPGRADE_FAILED"]);
        }));
      const path = "/relay/api/v1/namespaces/default/pods/web-0/exec";
      const answer = await fetch(url + path);
      assertEquals(answer.status, 426);
      await answer.body?.cancel();
    });
  },
  OPTIONS,
);
