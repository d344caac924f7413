import { assert } from "@std/assert";
import { connectNatively } from "../../../../src/adapters/deno/deno_connect.ts";
import { runtime, test } from "../../../harness.ts";
import { blockEventLoop } from "../../../support/async.ts";

/** How many connections are under way at once. */
const CROWD = 20;

/**
 * Milliseconds in which the event loop does not go on: what happens meanwhile,
 * happens at once afterwards.
 */
const HOLDUP = 150;
/** And in which it then does: no connection comes later than that. */
const AFTERWARDS = 50;

/** When the abort comes, and the hold-up. */
const moments: Record<string, (abort: () => void) => void> = {
  "at once": (abort) => {
    abort();
    blockEventLoop(HOLDUP);
  },
  "a microtask later": (abort) => {
    queueMicrotask(() => {
      abort();
      blockEventLoop(HOLDUP);
    });
  },
  "as they are made": (abort) => {
    setTimeout(abort, 5);
    blockEventLoop(HOLDUP);
  },
};

if (runtime === "deno") {
  for (const [when, leave] of Object.entries(moments)) {
    test(`Deno: connections whose abort comes ${when} leave no socket`, () =>
      abandoned(leave));
  }
}

async function abandoned(leave: (abort: () => void) => void): Promise<void> {
  const hostname = "127.0.0.1";
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error("enough");
  const target = { hostname, port, tls: null, proxy: null, proxyTls: {} };
  const calls = Array.from(
    { length: CROWD },
    () => connectNatively({ ...target, signal }),
  );
  leave(() => controller.abort(reason));
  for (const call of calls) await closed(call, reason);
  await new Promise((resolve) => setTimeout(resolve, AFTERWARDS));
  listener.close();
}

/** It may have been faster than the abort: then it is the caller's. */
async function closed(
  call: ReturnType<typeof connectNatively>,
  reason: Error,
): Promise<void> {
  try {
    (await call).conn.close();
  } catch (error) {
    assert(error === reason, `${error}`);
  }
}
