import { fileURLToPath } from "node:url";
import { bundlerTool, consumerTool } from "../../tools/runner/packages.ts";
import { runCommand } from "../../tools/runner/run_command.ts";
import { provideRuntime, type ToolName } from "../../tools/runner/runtimes.ts";
import { packages } from "../../harness/preload/specifiers.ts";

const TIMEOUT = 240_000;

/** A user's project in a temporary directory. */
export class Project {
  readonly directory: URL;
  /** The environment of the programs that run in it. */
  env: Readonly<Record<string, string>> = {};

  constructor(directory: URL) {
    this.directory = directory;
  }

  /** Its node_modules folder. */
  get modules(): URL {
    return new URL("node_modules/", this.directory);
  }

  path(name: string): string {
    return fileURLToPath(new URL(name, this.directory));
  }

  async write(name: string, content: string | object): Promise<void> {
    const text = typeof content === "string"
      ? content
      : JSON.stringify(content, null, 2);
    const url = new URL(name, this.directory);
    await Deno.mkdir(new URL("./", url), { recursive: true });
    await Deno.writeTextFile(url, text);
  }

  /** Copies a program from `consumers/`, under another name if one is given. */
  async add(name: string, as: string = name): Promise<void> {
    const source = new URL(`consumers/${name}`, import.meta.url);
    await this.write(as, await Deno.readTextFile(source));
  }

  /** Installs the tarball with npm, which takes a second. */
  async npmInstall(tarball: string): Promise<void> {
    const flags = ["--no-audit", "--no-fund", "--offline", "--loglevel=error"];
    await this.run(["npm", "install", ...flags, tarball]);
  }

  /**
   * Unpacks the tarball where npm installs it, for what depends on its files only.
   * Peers are those of our own cache.
   */
  async unpack(tarball: string, peers: readonly string[] = []): Promise<void> {
    const directory = new URL("@podwire/podwire", this.modules);
    await Deno.mkdir(directory, { recursive: true });
    const to = ["--strip-components=1", "-C", fileURLToPath(directory)];
    await this.run(["tar", "-xzf", tarball, ...to]);
    for (const name of peers) {
      const link = new URL(name, this.modules);
      await Deno.mkdir(new URL("./", link), { recursive: true });
      await Deno.symlink(new URL(`node_modules/${name}`, packages), link);
    }
  }

  /** Runs a consumer tool on Node. */
  async tool(path: string, ...args: string[]): Promise<string> {
    return await this.on("node24", consumerTool(path), ...args);
  }

  /** Runs a bundler, or another tool of {@linkcode bundlerTool}, on Node. */
  async bundler(path: string, ...args: string[]): Promise<string> {
    return await this.on("node24", bundlerTool(path), ...args);
  }

  /** Runs a program on a runtime; returns its output. */
  async on(runtime: ToolName, ...args: string[]): Promise<string> {
    return await this.run([await provideRuntime(runtime), ...args]);
  }

  async run([program, ...args]: readonly string[]): Promise<string> {
    const command = { program: program!, args };
    const { ok, output } = await runCommand(command, {
      timeout: TIMEOUT,
      cwd: this.directory,
      env: this.env,
    });
    if (ok) return output.trim();
    throw new Error(`${program} ${args.join(" ")} failed\n${output}`);
  }
}

/** Makes a project; the caller removes its directory. */
async function newProject(manifest: object): Promise<Project> {
  const path = await Deno.makeTempDir({ prefix: "podwire-consumer-" });
  const project = new Project(new URL(`file://${path}/`));
  await project.write("package.json", manifest);
  return project;
}

/**
 * A project for several tests, which only add to it. The first one makes it; the
 * process removes it at its end.
 */
export function sharedProject(
  prepare: (project: Project) => Promise<void>,
  manifest: object = { type: "module", private: true },
): () => Promise<Project> {
  let making: Promise<Project> | null = null;
  return () =>
    making ??= (async () => {
      const project = await newProject(manifest);
      globalThis.addEventListener("unload", () => {
        Deno.removeSync(project.directory, { recursive: true });
      });
      await prepare(project);
      return project;
    })();
}

/** Runs `body` with a project, removed afterwards. */
export async function withProject(
  body: (project: Project) => Promise<void>,
): Promise<void> {
  const project = await newProject({ type: "module", private: true });
  try {
    await body(project);
  } finally {
    await Deno.remove(project.directory, { recursive: true });
  }
}
