// One service, in the projects of users: bundled, loaded or started by a tool.
// Each is built and run. A default run has the first few; CI has all of them.
import { assertEquals, assertMatch } from "@std/assert";
import type { Cluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { shared } from "../../harness/rotation.ts";
import { bundlerTool, packageTool } from "../../tools/runner/packages.ts";
import { tarball } from "./build_package.ts";
import { withCluster, writeYaml } from "./cluster_project.ts";
import { runNext } from "./next_app.ts";
import { type Project, sharedProject } from "./project.ts";

const OUTCOME = JSON.stringify([
  // A YAML kubeconfig was read, and a command run.
  ...["from stdin\n", 3],
  // A 401 was answered with another token.
  true,
  // A watch outlived a failure to connect, which is one for `instanceof`.
  ...[["ConnectError"], ["ADDED", "DELETED"]],
]);

/** Builds the service, runs it, and returns what it prints. */
type Build = (project: Project) => Promise<string>;

const ESBUILD = ["service.ts", "--bundle", "--minify", "--platform=node"];

/** What every run has: they need little time, and find most. */
const FEW: Readonly<Record<string, Build>> = {
  "tsx in a CommonJS project": (project) =>
    project.tool("tsx/dist/cli.mjs", "service.ts"),

  async "esbuild, as CommonJS"(project) {
    await esbuild(project, "--format=cjs", "--outfile=esbuild.cjs");
    return await project.on("node24", "esbuild.cjs");
  },
};

const MORE: Readonly<Record<string, Build>> = {
  async "esbuild, as ESM"(project) {
    await esbuild(project, "--format=esm", "--outfile=esbuild.mjs");
    return await project.on("node24", "esbuild.mjs");
  },

  async "esbuild, as a single executable of Node"(project) {
    await esbuild(project, "--format=cjs", "--outfile=executable.cjs");
    await project.write("sea.json", {
      main: "executable.cjs",
      output: "executable",
      disableExperimentalSEAWarning: true,
    });
    await project.on("node26", "--build-sea", "sea.json");
    return await project.run([project.path("executable")]);
  },

  async Rollup(project) {
    await project.write("rollup.config.mjs", ROLLUP_CONFIG);
    await project.bundler("rollup/dist/bin/rollup", "--config", "--silent");
    return await project.on("node24", "rollup/service.mjs");
  },

  async "webpack 5"(project) {
    await webpack(project, WEBPACK_CONFIG);
    return await project.on("node24", "webpack/service.cjs");
  },

  // The server half of a framework's build: a CommonJS module for each route,
  // whose shared chunks are loaded by `require`.
  async "webpack 5, as the server of a framework"(project) {
    await project.add("memory.ts", "memory.mjs");
    await webpack(project, FRAMEWORK_CONFIG);
    await project.write("server.cjs", SERVER);
    return await project.on("node24", "server.cjs");
  },

  "Next.js: a route, a component of the server, the edge runtime": runNext,

  async "Vite, for a server"(project) {
    await project.write("vite.config.mjs", VITE_CONFIG);
    await project.tool("vite/bin/vite.js", "build");
    return await project.on("node24", "vite/service.mjs");
  },

  async "bun build, for Node"(project) {
    const args = ["build", "service.ts", "--target=node"];
    await project.on("bun", ...args, "--outfile=bun.mjs");
    return await project.on("node24", "bun.mjs");
  },

  async "bun build, for Bun"(project) {
    const args = ["build", "service.ts", "--target=bun"];
    await project.on("bun", ...args, "--outfile=for_bun.mjs");
    return await project.on("bun", "for_bun.mjs");
  },

  async "bun build --compile"(project) {
    const args = ["build", "--compile", "service.ts", "--outfile=compiled"];
    await project.on("bun", ...args);
    return await project.run([project.path("compiled")]);
  },

  async "Jest in a CommonJS project"(project) {
    await project.write("jest/service.test.js", testOf("require"));
    await project.write("jest.config.cjs", JEST_CONFIG);
    const output = await project.on(
      "node24",
      // Without it, Jest cannot load ES modules.
      "--experimental-vm-modules",
      "--no-warnings",
      bundlerTool("jest/bin/jest.js"),
      "--silent",
    );
    assertMatch(output, /^Tests: +1 passed, 1 total$/m);
    return OUTCOME;
  },

  async Vitest(project) {
    await project.write("vitest/service.test.mjs", testOf("await import"));
    const args = ["run", "--globals", "--silent", "--dir=vitest"];
    const output = await project.tool("vitest/vitest.mjs", ...args);
    assertMatch(output, /Tests +1 passed \(1\)/);
    return OUTCOME;
  },
};

const ROLLUP_CONFIG = `import resolve from ${
  JSON.stringify(bundlerTool("@rollup/plugin-node-resolve/dist/es/index.js"))
};
export default {
  input: "service.mjs",
  output: {
    dir: "rollup",
    format: "es",
    entryFileNames: "[name].mjs",
    chunkFileNames: "[name]-[hash].mjs",
  },
  external: [/^node:/],
  plugins: [resolve({ preferBuiltins: true })],
};
`;

const WEBPACK_CONFIG = {
  mode: "production",
  target: "node",
  entry: { service: "./service.mjs" },
  output: { path: "webpack", filename: "[name].cjs" },
};

const FRAMEWORK_CONFIG = {
  mode: "production",
  target: "node",
  entry: { one: "./service.mjs", two: "./memory.mjs" },
  output: {
    path: "routes",
    filename: "[name].cjs",
    chunkFilename: "chunks/[id].cjs",
    library: { type: "commonjs2" },
  },
  optimization: {
    splitChunks: { chunks: "all", minSize: 0 },
    minimize: false,
  },
};

/** Loads both routes; what the second has seen is an error unless it is right. */
const SERVER = `const { seen } = require("./routes/two.cjs");
require("./routes/one.cjs").outcome.then(async () => {
  if (await seen !== "in memory 4") throw new Error(await seen);
});
`;

const VITE_CONFIG = `export default {
  logLevel: "warn",
  ssr: { noExternal: true },
  build: {
    ssr: "service.ts",
    outDir: "vite",
    rollupOptions: { output: { entryFileNames: "[name].mjs" } },
  },
};
`;

const JEST_CONFIG = `module.exports = {
  testMatch: ["<rootDir>/jest/*.test.js"],
  testEnvironment: ${JSON.stringify(bundlerTool("jest-environment-node"))},
  transform: {},
};
`;

/** A test file that loads the service by `load`. */
function testOf(load: string): string {
  return `test("the service", async () => {
  const { outcome } = ${load}("../service.mjs");
  expect(await outcome).toBe(${JSON.stringify(OUTCOME)});
});
`;
}

const TYPES_OPTIONS = {
  module: "nodenext",
  target: "es2022",
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  typeRoots: [bundlerTool("@types")],
  types: ["node"],
};

/** Beside `@types/node`, which declares streams, as `DOM` does. */
const LIBRARIES = {
  "TypeScript's default libraries": {},
  "the module resolution of old": {
    module: "esnext",
    moduleResolution: "node10",
  },
  "the libraries of many frameworks": {
    lib: ["dom", "dom.iterable", "esnext"],
  },
  "no library of a page": { lib: ["es2022"] },
};

async function esbuild(project: Project, ...args: string[]): Promise<void> {
  const program = packageTool("esbuild/bin/esbuild");
  await project.on("node24", program, ...ESBUILD, ...args, "--log-level=error");
}

async function webpack(
  project: Project,
  config: { readonly output: { readonly path: string } },
): Promise<void> {
  const { output } = config;
  const path = project.path(output.path);
  const options = { ...config, output: { ...output, path } };
  await project.write(
    "webpack.cjs",
    `const webpack = require(${JSON.stringify(bundlerTool("webpack"))});
const options = ${JSON.stringify(options)};
// The test kit's certificates need a package that is not there.
options.ignoreWarnings = [/Can't resolve '@peculiar\\/x509'/];
webpack(options, (error, stats) => {
  if (error) throw error;
  const report = { all: false, errors: true, warnings: true };
  if (stats.hasErrors() || stats.hasWarnings()) {
    throw new Error(stats.toString(report));
  }
});
`,
  );
  await project.on("node24", "webpack.cjs");
}

const installed = sharedProject(async (project) => {
  await project.unpack(await tarball());
  await project.add("service.ts");
  await project.add("service.ts", "service.mjs");
}, { private: true });

if (!shared) {
  for (const [title, libraries] of Object.entries(LIBRARIES)) {
    test(`project: ${title}, and @types/node`, async () => {
      const project = await installed();
      await project.add("types.ts", "types.mts");
      const compilerOptions = { ...TYPES_OPTIONS, ...libraries };
      const files = ["types.mts"];
      await project.write("tsconfig.json", { compilerOptions, files });
      assertEquals(await project.bundler("typescript/bin/tsc", "-p", "."), "");
    }, { timeout: 120_000 });
  }
}

for (const [name, build] of Object.entries({ ...FEW, ...shared ? {} : MORE })) {
  test(`project: ${name}`, async () => {
    const project = await installed();
    await withCluster(async (cluster: Cluster) => {
      await writeYaml(project, cluster);
      const { server, token } = cluster;
      const kubeconfig = project.path("kubeconfig");
      project.env = { CLUSTER: JSON.stringify([kubeconfig, server, token]) };
      assertEquals(await build(project), OUTCOME);
    });
  }, { timeout: 300_000 });
}
