import { root } from "../../harness/preload/specifiers.ts";
import { fileURLToPath } from "node:url";

const bundles = new Map<string, Promise<string>>();

/** Bundles a module and its imports into one script for a page, once. */
export function bundleForPage(path: string): Promise<string> {
  const bundled = bundles.get(path) ?? bundle(path);
  bundles.set(path, bundled);
  return bundled;
}

async function bundle(path: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform=browser", path],
    cwd: fileURLToPath(root),
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`Cannot bundle ${path}: ${text(stderr)}`);
  return text(stdout);
}
