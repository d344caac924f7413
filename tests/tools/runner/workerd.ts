import { fileURLToPath } from "node:url";
import { cache } from "./cache.ts";
import { install } from "./npm.ts";

const { arch, os } = Deno.build;
const platform = `${os}-${arch === "aarch64" ? "arm64" : "64"}`;
const npm = `@cloudflare/workerd-${platform}`;
const directory = new URL("tools/workerd/", cache);

/** The path of Cloudflare's runtime, fetched from npm when it is not here. */
export async function provideWorkerd(): Promise<string> {
  await install(directory, { [npm]: "1" });
  const dotExe = os === "windows" ? ".exe" : "";
  const program = `node_modules/${npm}/bin/workerd${dotExe}`;
  return fileURLToPath(new URL(program, directory));
}
