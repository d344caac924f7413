import type { Transport } from "../transport/transport.ts";

/**
 * The transport of the runtime at hand; the web's where that has no sockets.
 * Only the one that is needed is loaded.
 */
export async function defaultTransport(): Promise<Transport> {
  if ("Deno" in globalThis) {
    const { denoTransport } = await import("./deno/mod.ts");
    return denoTransport();
  }
  if ("Bun" in globalThis) {
    const { bunTransport } = await import("./bun/mod.ts");
    return bunTransport();
  }
  if (isNode()) {
    const { nodeTransport } = await import("./node/mod.ts");
    return nodeTransport();
  }
  // Not `web.ts` itself: npm's package has that apart, as an entry point.
  const page = await import("../platform/platform_browser.ts");
  return await page.defaultTransport();
}

/** Others have a `process` for compatibility; Node's is named after it. */
function isNode(): boolean {
  if ("WebSocketPair" in globalThis) return false;
  const process = Reflect.get(globalThis, "process") as {
    release?: { name?: string };
    getBuiltinModule?: unknown;
  } | undefined;
  return process?.release?.name === "node" &&
    typeof process.getBuiltinModule === "function";
}
