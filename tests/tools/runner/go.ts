import { fileURLToPath } from "node:url";
import { root } from "../../harness/preload/specifiers.ts";
import { provide } from "./cache.ts";
import { runCommand } from "./run_command.ts";

const BUILD_TIMEOUT = 20 * 60_000;

/** Whether `go` is installed. */
export async function hasGo(): Promise<boolean> {
  try {
    const go = new Deno.Command("go", { args: ["version"], stdout: "null" });
    return (await go.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Builds the program of a Go module if its sources changed; returns its path.
 *
 * @param directory The program's folder in the cache.
 * @param name The program's file name.
 */
export async function buildGo(
  sources: URL,
  directory: URL,
  name = Deno.build.os === "windows" ? "server.exe" : "server",
): Promise<string> {
  const title = `building ${sources.href.slice(root.href.length)}`;
  await provide(directory, await fingerprint(sources), async (fresh) => {
    const output = fileURLToPath(new URL(name, fresh));
    const build = () =>
      runCommand({
        program: "go",
        args: ["-C", fileURLToPath(sources), "build", "-o", output, "."],
      }, { timeout: BUILD_TIMEOUT });
    let { ok, output: messages } = await build();
    // It fetches modules, which may fail for once.
    if (!ok) ({ ok, output: messages } = await build());
    if (!ok) {
      throw new Error(`Cannot build ${fileURLToPath(sources)}:\n${messages}`);
    }
  }, title);
  return fileURLToPath(new URL(name, directory));
}

/** A hash of all source files. */
async function fingerprint(sources: URL): Promise<string> {
  const files = (await Array.fromAsync(walk(sources))).sort();
  const texts = await Promise.all(
    files.map(async (file) => `${file}\n${await Deno.readTextFile(file)}`),
  );
  const bytes = new TextEncoder().encode(texts.join("\n"));
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

async function* walk(directory: URL): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) yield* walk(new URL(`${name}/`, directory));
    else if (/\.go$|\.json$|^go\.(mod|sum)$/.test(name)) {
      yield fileURLToPath(new URL(name, directory));
    }
  }
}
