import { provide } from "./cache.ts";

/** Fills `directory` with npm packages unless it holds just these already. */
export async function install(
  directory: URL,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const list = JSON.stringify({ private: true, dependencies }, null, 2);
  await provide(directory, list, async (fresh) => {
    await Deno.writeTextFile(new URL("package.json", fresh), list);
    await npmInstall(fresh);
  });
}

const npm = Deno.build.os === "windows" ? "npm.cmd" : "npm";

// No install scripts: the machine may forbid them, and no package here needs
// one. `npx` tells its children where it installs; the last two take that back.
const args = [
  "install",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--no-package-lock",
  "--no-update-notifier",
  "--loglevel=error",
  "--global=false",
  "--prefix=.",
];

async function npmInstall(directory: URL): Promise<void> {
  const { success, code, stderr } = await new Deno.Command(npm, {
    args,
    cwd: directory,
    stdin: "null",
    signal: AbortSignal.timeout(300_000),
  }).output();
  if (success) return;
  const list = await Deno.readTextFile(new URL("package.json", directory));
  throw new Error(
    `Cannot install ${list}: npm ended with ${code}\n` +
      new TextDecoder().decode(stderr),
  );
}
