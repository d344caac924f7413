import { fileURLToPath } from "node:url";
import {
  packages,
  readSpecifiers,
  root,
} from "../../harness/preload/specifiers.ts";
import { cache, provide } from "./cache.ts";
import { runCommand } from "./run_command.ts";

const { arch, os } = Deno.build;
const npm = os === "windows" ? "npm.cmd" : "npm";

// No install scripts: the machine may forbid them, and no package here needs
// one. `npx` sets a prefix for its children; the last two options undo that.
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

/** Fills `directory` with npm packages unless it already holds exactly these. */
export async function install(
  directory: URL,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const list = JSON.stringify({ private: true, dependencies }, null, 2);
  const names = Object.entries(dependencies).map((pair) => pair.join("@"));
  await provide(directory, list, async (fresh) => {
    await Deno.writeTextFile(new URL("package.json", fresh), list);
    // A registry may be slow for once.
    await npmInstall(fresh).catch(() => npmInstall(fresh));
  }, `fetching ${names.join(", ")}`);
}

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

/** What our tools start as a program. */
const PROGRAMS = { esbuild: "0.28.2" };

/**
 * Fetches the npm packages of deno.json's import map for Node and Bun, and the
 * programs of our tools. Those are not in the map, nor are the packages that one
 * folder alone imports: Deno fetches all of the map's `imports` for any program.
 */
export async function providePackages(): Promise<void> {
  const dependencies: Record<string, string> = { ...PROGRAMS };
  for (const target of readSpecifiers().values()) {
    if ("npm" in target) dependencies[target.npm] = target.version;
  }
  await install(packages, dependencies);
}

/** The path of a file of the packages of {@linkcode providePackages}. */
export function packageTool(path: string): string {
  return fileURLToPath(new URL(`node_modules/${path}`, packages));
}

/** Tools that users of the npm package build and test with. */
const CONSUMER_TOOLS = {
  tsx: "4.23.15",
  // The oldest that the README promises.
  "typescript-oldest": "npm:typescript@5.7.3",
  vite: "7",
  vitest: "4",
};
const consumers = new URL("tools/consumers/", cache);

/** Tools of users that a default run leaves to CI. */
const BUNDLERS = {
  "@rollup/plugin-node-resolve": "16.0.3",
  "@types/node": "24.19.4",
  jest: "30.5.2",
  next: "16.4.6",
  react: "19.3.1",
  "react-dom": "19.3.1",
  rollup: "4.68.8",
  typescript: "5.9.3",
  webpack: "5.113.0",
};
const bundlers = new URL("tools/bundlers/", cache);

/** Fetches the tools that users of the package build and test with. */
export function provideConsumerTools(): Promise<void> {
  return install(consumers, CONSUMER_TOOLS);
}

/** The path of a program that {@linkcode provideConsumerTools} fetched. */
export function consumerTool(path: string): string {
  return fileURLToPath(new URL(`node_modules/${path}`, consumers));
}

/** Fetches the bundlers and test runners that a default run does without. */
export function provideBundlers(): Promise<void> {
  return install(bundlers, BUNDLERS);
}

/** The path of a file of the packages of {@linkcode provideBundlers}. */
export function bundlerTool(path: string): string {
  return fileURLToPath(new URL(`node_modules/${path}`, bundlers));
}

/** Fetches Cloudflare's runtime from npm; returns the path of its program. */
export async function provideWorkerd(): Promise<string> {
  const platform = `${os}-${arch === "aarch64" ? "arm64" : "64"}`;
  const name = `@cloudflare/workerd-${platform}`;
  const directory = new URL("tools/workerd/", cache);
  await install(directory, { [name]: "1" });
  const dotExe = os === "windows" ? ".exe" : "";
  const program = `node_modules/${name}/bin/workerd${dotExe}`;
  return fileURLToPath(new URL(program, directory));
}

/** The modules that the browser and edge tests bundle, with their imports. */
const BUNDLED_MODULES = [
  "tests/platforms/browser/probe.ts",
  "tests/platforms/port_forward/probe.ts",
  "examples/web_terminal/page.ts",
  "examples/health_page/page.ts",
];

/**
 * Makes `deno bundle` fetch what it needs, before the tests run: they trust
 * only the certificate authority of the tests.
 */
export async function provideBundler(): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "podwire-bundle-" });
  try {
    const command = {
      program: Deno.execPath(),
      args: [
        ...["bundle", "--quiet", "--platform=browser", "--outdir", directory],
        ...BUNDLED_MODULES.map((path) => fileURLToPath(new URL(path, root))),
      ],
    };
    const bundle = () => runCommand(command, { timeout: 300_000 });
    let { ok, output } = await bundle();
    if (!ok) ({ ok, output } = await bundle());
    if (!ok) throw new Error(`Cannot bundle for a page: ${output}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
