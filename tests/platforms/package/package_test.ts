// The npm package in projects of several kinds.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Api, createClient, isRunning, Pod } from "../../../mod.ts";
import type { Cluster } from "../../../src/testing/mod.ts";
import { test } from "../../harness.ts";
import { provideRuntime } from "../../tools/runner/runtimes.ts";
import { withCluster, writeYaml } from "./cluster_project.ts";
import { sharedProject, withProject } from "./project.ts";
import { npmManifest } from "./npm_manifest.ts";
import { tarball } from "./build_package.ts";

const timeout = 300_000;
const OUTPUT = ["from stdin\n", "err\n", 3, "streamed\n", 0];
const KIT = "@peculiar/x509";

/** From the oldest that `engines` admits to the newest. */
const NODES = ["node223", "node22", "node24", "node26"] as const;

const TSCONFIG = {
  compilerOptions: {
    module: "nodenext",
    moduleResolution: "nodenext",
    target: "es2022",
    lib: [
      "es2024",
      "esnext.disposable",
      "dom",
      "dom.iterable",
      "dom.asynciterable",
    ],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    types: [],
  },
};

const VITE_CONFIG = `export default {
  logLevel: "warn",
  build: {
    lib: { entry: "page.ts", formats: ["es"], fileName: "page" },
    target: "es2022",
  },
};
`;

/** Prints the names that the entries export. */
const REQUIRE = `const name = "@podwire/podwire";
const manifest = require(name + "/package.json");
const names = Object.keys(manifest.exports)
  .filter((entry) => entry !== "./cli" && !entry.endsWith(".json"))
  .flatMap((entry) => Object.keys(require(name + entry.slice(1))));
console.log(JSON.stringify(names));
`;

const installed = sharedProject(async (project) => {
  await project.npmInstall(await tarball());
});

test(
  "npm: the package installs nothing beside itself, and has no source map or test",
  async () => {
    const project = await installed();
    const listed = await project.run(["find", "node_modules", "-type", "f"]);
    const root = "node_modules/@podwire/podwire/";
    const others = listed.split("\n")
      .filter((path) => path !== "node_modules/.package-lock.json")
      .map((path) => path.startsWith(root) ? path.slice(root.length) : path)
      .filter((path) => !/^(mod|(src|chunks)\/.*)\.(js|d\.ts)$/.test(path))
      .filter((path) => !/^examples\/[\w/]+\.(html|md|png|ts)$/.test(path));
    assertEquals(others.sort(), [
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "THIRD_PARTY_LICENSES",
      "package.json",
      "src/README.md",
      "tests/bench/README.md",
      "tests/bench/results/README.md",
      "tests/bench/results/chart.svg",
    ]);
  },
  { timeout },
);

test("npm: the manifest names the repository that publishes, if one does", () => {
  const packed = { name: "@podwire/podwire", version: "1.2.3", exports: {} };
  const url = "git+https://forge.example/owner/name.git";
  const { repository } = npmManifest(packed, url);
  assertEquals(repository, { type: "git", url });
  assert(!("repository" in npmManifest(packed)));
});

test(
  "npm: a project with TypeScript 5.7 checks all types, and runs on every Node",
  async () => {
    await withProject((project) =>
      withCluster(async (cluster) => {
        await project.unpack(await tarball());
        for (const name of ["consumer.ts", "kit.ts", "page.ts"]) {
          await project.add(name);
        }
        await project.write("tsconfig.json", TSCONFIG);
        await project.tool("typescript-oldest/bin/tsc", "-p", ".");
        await writeYaml(project, cluster);
        await Promise.all(NODES.map(async (runtime) => {
          const output = await project.on(runtime, "consumer.js", "kubeconfig");
          assertEquals(JSON.parse(output), OUTPUT, runtime);
        }));
      })
    );
  },
  { timeout },
);

test(
  "npm: every entry but the program can be required",
  async () => {
    await withProject(async (project) => {
      await project.unpack(await tarball());
      await project.write("require.cjs", REQUIRE);
      for (const runtime of ["node22", "node24", "node26"] as const) {
        const output = await project.on(
          runtime,
          "--no-warnings",
          "require.cjs",
        );
        const names: string[] = JSON.parse(output);
        assert(names.includes("loadKubeconfig"), runtime);
        assert(names.includes("startCluster"), runtime);
      }
    });
  },
  { timeout },
);

test("npm: a Bun project runs it", async () => {
  await withProject((project) =>
    withCluster(async (cluster) => {
      await project.on("bun", "add", "--silent", await tarball());
      await project.add("consumer.ts");
      await writeYaml(project, cluster);
      const output = await project.on("bun", "consumer.ts", "kubeconfig");
      assertEquals(JSON.parse(output), OUTPUT);
    })
  );
}, { timeout });

test("npm: Vite bundles it for a page, without Node's modules", async () => {
  await withProject((project) =>
    withCluster(async (cluster) => {
      await project.unpack(await tarball());
      await project.add("page.ts");
      await project.write("vite.config.js", VITE_CONFIG);
      const output = await project.tool("vite/bin/vite.js", "build");
      assert(!/warn|externalized/i.test(output), output);
      const bundle = project.path("dist/page.js");
      const text = await Deno.readTextFile(bundle);
      assert(!/["'`]node:|KUBECONFIG|KUBERNETES_SERVICE_HOST/.test(text));
      const script = `import { execute } from ${JSON.stringify(bundle)};
        const [server, token, name] = process.argv.slice(1);
        console.log(JSON.stringify(await execute(server, token, name)));`;
      const { server, token } = cluster;
      const args = [server, token, await startPod(cluster)];
      assertEquals(
        await project.on(
          "node24",
          "--input-type=module",
          "-e",
          script,
          ...args,
        ),
        JSON.stringify("bundled\n0"),
      );
    })
  );
}, { timeout });

test(
  "npm: its program runs as podwire, with the command's exit code",
  async () => {
    const project = await installed();
    await withCluster(async (cluster) => {
      await writeYaml(project, cluster);
      const name = await startPod(cluster);
      const prefix = ["--kubeconfig", "kubeconfig", "exec", name, "--"];
      const command = ["sh", "-c", "echo from $0; exit 6", "a pod"];
      const script = '"$0" "$@"; echo "ended with $?"';
      await Promise.all(NODES.map(async (runtime) => {
        const node = await provideRuntime(runtime);
        const program = [node, "node_modules/.bin/podwire"];
        const output = await project.run(
          ["sh", "-c", script, ...program, ...prefix, ...command],
        );
        assertStringIncludes(output, "from a pod\n", runtime);
        assertStringIncludes(output, "ended with 6", runtime);
      }));
    });
  },
  { timeout },
);

test("npm: the test kit runs after its one package is installed", async () => {
  await withProject(async (project) => {
    await project.add("kit.ts");
    await project.unpack(await tarball(), [KIT]);
    for (const runtime of ["node24", "bun"] as const) {
      assertEquals(await project.on(runtime, "kit.ts"), "7", runtime);
    }
  });
}, { timeout });

async function startPod(cluster: Cluster): Promise<string> {
  const client = await createClient(cluster.clientOptions());
  const pods = new Api(Pod, { client });
  const { metadata } = await pods.create({
    metadata: { generateName: "page-" },
    spec: { containers: [{ name: "main", image: "busybox" }] },
  });
  await pods.waitFor(metadata.name, isRunning);
  await client.close();
  return metadata.name;
}
