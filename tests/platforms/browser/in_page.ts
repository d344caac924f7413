import type { Page, WebSocket } from "playwright-core";
import { eventually } from "../../support/async.ts";
import { bundleForPage } from "./bundle.ts";
import { withPage } from "./chromium.ts";
import { assertEquals } from "@std/assert";
import type { PageTarget } from "./page_pods.ts";
import { servePage, withPodCluster } from "./servers.ts";

/** A page whose script offers functions in the global `podwire`. */
export interface Probed {
  /** Calls a function of the script with the target and `rest`. */
  call(name: string, ...rest: readonly unknown[]): Promise<unknown>;
  /** Fails unless the page has opened `count` WebSockets, and none is left. */
  socketsClosed(count: number): Promise<void>;
}

/** Runs `body` with a page that has loaded a script. */
export async function withProbe(
  path: string,
  body: (page: Probed) => Promise<void>,
): Promise<void> {
  const script = await bundleForPage(path);
  await withPodCluster(({ server, token }) =>
    servePage(script, (url) =>
      withPage(async (page) => {
        const sockets: WebSocket[] = [];
        page.on("websocket", (socket) => sockets.push(socket));
        await page.goto(url);
        await page.waitForFunction("globalThis.podwire");
        const target: PageTarget = { server, token, pod: "web-0" };
        await body({
          call: (name, ...rest) => callProbe(page, name, [target, ...rest]),
          async socketsClosed(count) {
            await eventually(() => sockets.every((it) => it.isClosed()));
            assertEquals(sockets.length, count);
          },
        });
      }))
  );
}

/** Calls a function of a page's script. */
export function callProbe(
  page: Page,
  name: string,
  args: readonly unknown[],
): Promise<unknown> {
  return page.evaluate(
    ([name, args]) => Reflect.get(globalThis, "podwire")[name](...args),
    [name, args] as const,
  );
}
