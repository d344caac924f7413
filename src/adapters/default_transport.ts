import type { Transport } from "../transport/transport.ts";

/**
 * The transport of the current runtime; the web transport where there are no
 * sockets. Loads only the one it needs.
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
  // Not `web/mod.ts`, which is a separate entry point of the npm package.
  const browser = await import("../platform/platform_browser.ts");
  return await browser.defaultTransport();
}

/** Other runtimes emulate `process`; only Node's release is named "node". */
function isNode(): boolean {
  if ("WebSocketPair" in globalThis) return false;
  const process = Reflect.get(globalThis, "process") as {
    release?: { name?: string };
    getBuiltinModule?: unknown;
  } | undefined;
  return process?.release?.name === "node" &&
    typeof process.getBuiltinModule === "function";
}
