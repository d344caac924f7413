import { assert } from "@std/assert";
import process from "node:process";
import { connectNatively } from "../../../../src/adapters/deno/deno_connect.ts";
import { denoDial } from "../../../../src/adapters/deno/deno_dial.ts";
import type { DialTarget } from "../../../../src/transport/dial.ts";
import { isModernDeno } from "../../../../src/platform/runtime.ts";
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
  "a tick later": (abort) => {
    process.nextTick(() => {
      abort();
      blockEventLoop(HOLDUP);
    });
  },
  "as they are made": (abort) => {
    setTimeout(abort, 5);
    blockEventLoop(HOLDUP);
  },
};

/** Connects; resolves with a function that closes the connection. */
type Connect = (target: DialTarget) => Promise<() => void>;

const ways: Record<string, Connect> = {
  "native": async (target) => {
    const { conn } = await connectNatively(target);
    return () => conn.close();
  },
  // Over `node:tls`, to a server that never answers.
  "unverified": async (target) => {
    const tls = { insecureSkipTlsVerify: true };
    const duplex = await denoDial()({ ...target, tls });
    return () => duplex.destroy();
  },
};

if (runtime === "deno") {
  for (const [how, connect] of Object.entries(ways)) {
    for (const [when, leave] of Object.entries(moments)) {
      if (when === "as they are made" && leavesHandshakes(how)) continue;
      test(`Deno: ${how} connections whose abort comes ${when} leave no socket`, () =>
        abandoned(connect, leave));
    }
  }
}

/** Before 2.7, `node:tls` never closes what it is shaking hands on. */
function leavesHandshakes(how: string): boolean {
  return how === "unverified" && !isModernDeno();
}

async function abandoned(
  connect: Connect,
  leave: (abort: () => void) => void,
): Promise<void> {
  const hostname = "127.0.0.1";
  const listener = Deno.listen({ hostname, port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error("enough");
  const target = { hostname, port, tls: null, proxy: null, proxyTls: {} };
  const calls = Array.from(
    { length: CROWD },
    () => connect({ ...target, signal }),
  );
  leave(() => controller.abort(reason));
  for (const call of calls) await closed(call, reason);
  await new Promise((resolve) => setTimeout(resolve, AFTERWARDS));
  listener.close();
}

/** It may have been faster than the abort: then it is the caller's. */
async function closed(call: ReturnType<Connect>, reason: Error): Promise<void> {
  try {
    (await call)();
  } catch (error) {
    assert(error === reason, `${error}`);
  }
}
