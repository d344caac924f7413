import { fileURLToPath } from "node:url";
import { bundlerTool, consumerTool } from "../../tools/runner/packages.ts";
import { runCommand } from "../../tools/runner/run_command.ts";
import { provideRuntime, type ToolName } from "../../tools/runner/runtimes.ts";
import { packages } from "../../harness/preload/specifiers.ts";

const TIMEOUT = 120_000;

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

  /** Installs the tarball with npm, and peers from our own cache. */
  async install(tarball: string, peers: readonly string[] = []): Promise<void> {
    const directories = peers.map((name) =>
      fileURLToPath(new URL(`node_modules/${name}`, packages))
    );
    const flags = ["--no-audit", "--no-fund", "--offline", "--loglevel=error"];
    await this.run(["npm", "install", ...flags, tarball, ...directories]);
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
export async function newProject(manifest: object): Promise<Project> {
  const path = await Deno.makeTempDir({ prefix: "podwire-consumer-" });
  const project = new Project(new URL(`file://${path}/`));
  await project.write("package.json", manifest);
  return project;
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
