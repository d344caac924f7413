import { root } from "../runtimes/specifiers.ts";

/** What the runner fetches and makes; git ignores it. */
export const cache: URL = new URL(".cache/", root);

/**
 * Fills `directory` (a URL that ends in a slash) with npm packages unless it
 * holds just these already. It appears in one rename, so what an interrupted
 * run leaves is never taken for whole.
 */
export async function install(
  directory: URL,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const wanted = JSON.stringify({ private: true, dependencies }, null, 2);
  if (await holds(directory, wanted)) return;
  await locked(async () => {
    if (await holds(directory, wanted)) return;
    const fresh = new URL(`fetching-${crypto.randomUUID()}/`, cache);
    try {
      await Deno.mkdir(fresh);
      // The list must not be npm's to reformat: it is what `holds` compares.
      await Deno.writeTextFile(new URL("package.json", fresh), wanted);
      await npmInstall(fresh);
      await Deno.writeTextFile(new URL("installed.json", fresh), wanted);
      await Deno.mkdir(new URL("../", directory), { recursive: true });
      await remove(directory);
      await Deno.rename(fresh, directory);
    } finally {
      await remove(fresh);
    }
  });
}

async function holds(directory: URL, wanted: string): Promise<boolean> {
  try {
    const path = new URL("installed.json", directory);
    return await Deno.readTextFile(path) === wanted;
  } catch {
    return false;
  }
}

/** One process at a time; the system drops the lock of one that dies. */
async function locked(body: () => Promise<void>): Promise<void> {
  await Deno.mkdir(cache, { recursive: true });
  const file = await Deno.open(new URL("lock", cache), {
    create: true,
    write: true,
  });
  try {
    await file.lock(true);
    await body();
  } finally {
    file.close();
  }
}

async function npmInstall(directory: URL): Promise<void> {
  const output = await new Deno.Command(
    Deno.build.os === "windows" ? "npm.cmd" : "npm",
    {
      args: [
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--no-update-notifier",
        "--loglevel=error",
        "--global=false",
        "--prefix=.",
      ],
      cwd: directory,
      stdin: "null",
      signal: AbortSignal.timeout(300_000),
    },
  ).output();
  if (output.success) return;
  const list = await Deno.readTextFile(new URL("package.json", directory));
  throw new Error(
    `Cannot install ${list}: npm ended with ${output.code}\n` +
      new TextDecoder().decode(output.stderr),
  );
}

async function remove(directory: URL): Promise<void> {
  await Deno.remove(directory, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
