import type { Transport } from "../transport/transport.ts";
import { bunTransport } from "./bun.ts";
import { denoTransport } from "./deno.ts";
import { nodeTransport } from "./node.ts";
import { webTransport } from "./web.ts";

/** The transport of the runtime at hand; the web's where that has no sockets. */
export function defaultTransport(): Transport {
  if ("Deno" in globalThis) return denoTransport();
  if ("Bun" in globalThis) return bunTransport();
  if (isNode()) return nodeTransport();
  return webTransport();
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
