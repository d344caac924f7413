import { assertEquals, assertRejects } from "@std/assert";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadYaml } from "../../../src/config/load_yaml.ts";
import { test } from "../../harness.ts";

const source = fileURLToPath(new URL("../../../src/", import.meta.url));

test("loadYaml: concurrent callers", async () => {
  const parsers = await Promise.all([loadYaml(), loadYaml(), loadYaml()]);
  assertEquals(parsers.map((parse) => parse("a: 1")), [
    { a: 1 },
    { a: 1 },
    { a: 1 },
  ]);
});

test("loadYaml: finds the parser next to itself", async () => {
  const parse = await loadYaml();
  assertEquals(parse("a: [1, x]"), { a: [1, "x"] });
});

test("loadYaml: without the parser the error names the alternative", async () => {
  const folder = await mkdtemp(join(tmpdir(), "podwire-"));
  try {
    await mkdir(join(folder, "config"));
    for (const file of ["errors.ts", "errors", "config/load_yaml.ts"]) {
      await cp(join(source, file), join(folder, file), { recursive: true });
    }
    const url = pathToFileURL(join(folder, "config/load_yaml.ts")).href;
    const alone = await import(url);
    const error = await assertRejects(() => alone.loadYaml());
    assertEquals(error.name, "ConfigurationError");
    assertEquals(
      error.message,
      "Cannot read a YAML kubeconfig: its parser cannot be loaded from here; " +
        'import loadKubeconfig from "@podwire/podwire/kubeconfig" and pass ' +
        "createClient({ kubeconfig: await loadKubeconfig() })",
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
