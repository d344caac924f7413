import { assert, assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { root } from "../harness/preload/specifiers.ts";
import { readDenoManifest, readJsrManifest } from "./manifests.ts";
import { readSourceFiles } from "./source_files.ts";
import { VERSION } from "../../src/version.ts";

test("deno.json and jsr.json name the same package, version and entry points", async () => {
  const deno = await readDenoManifest();
  const jsr = await readJsrManifest();
  assertEquals(deno.name, jsr.name);
  assertEquals(deno.version, jsr.version);
  assertEquals(deno.version, VERSION);
  assertEquals(deno.license, jsr.license);
  assertEquals(deno.exports, jsr.exports);
});

test("deno.json and jsr.json map the same names to the same packages", async () => {
  const deno = await readDenoManifest();
  const jsr = await readJsrManifest();
  assertEquals(packagesOf(deno.imports), packagesOf(jsr.imports));
});

test("every package that a source loads is in the import maps", async () => {
  const { imports } = await readJsrManifest();
  const loaded = (await readSourceFiles())
    .flatMap((file) => file.imports)
    .map(({ specifier }) => specifier)
    .filter((specifier) => !/^(\.|node:|bun:)/.test(specifier));
  assertEquals(loaded.filter((name) => !(name in imports)), []);
});

test("only what one folder needs is in a scope, so that `deno task demo` does not fetch it", async () => {
  const { imports, scopes } = await readDenoManifest();
  assertEquals(Object.keys(imports), [
    "@peculiar/x509",
    "@std/assert",
    "@std/streams",
    "@std/yaml",
  ]);
  for (const folder of Object.keys(scopes)) {
    assert((await Deno.stat(new URL(folder, root))).isDirectory);
  }
});

test("every entry point exists and is published", async () => {
  const { exports, publish } = await readJsrManifest();
  for (const path of Object.values(exports)) {
    await Deno.stat(new URL(path, root));
    const published = publish.include.some((name) =>
      path === `./${name}` || path.startsWith(`./${name}/`)
    );
    assert(published, `${path} is not on the publish list`);
  }
});

test("everything on the publish list exists", async () => {
  const { publish } = await readJsrManifest();
  for (const name of publish.include) await Deno.stat(new URL(name, root));
});

/** The package behind each name, whichever registry it comes from. */
function packagesOf(
  imports: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(imports).map(([name, target]) => [name, packageOf(target)]),
  );
}

/** npm's deno-std is Deno's own std, a folder for each JSR package. */
function packageOf(target: string): string {
  const std = /^(?:npm:deno-std@[\d.]+\/|jsr:@std\/)(\w+)/.exec(target);
  return std === null ? target : `@std/${std[1]}`;
}

test("what the README and the guides link to is published", async () => {
  const { publish } = await readJsrManifest();
  const guides = ["README.md", "SECURITY.md"];
  for await (const { name } of Deno.readDir(new URL("examples/", root))) {
    if (name.endsWith(".md")) guides.push(`examples/${name}`);
  }
  const dead: string[] = [];
  for (const guide of guides) {
    const text = await Deno.readTextFile(new URL(guide, root));
    for (const [, link = ""] of text.matchAll(/\]\(([^)#:]+)[^)]*\)/g)) {
      const { pathname } = new URL(link, `file:///${guide}`);
      const published = publish.include.some((name) =>
        pathname === `/${name}` || pathname.startsWith(`/${name}/`)
      );
      if (!published) dead.push(`${guide}: ${link}`);
    }
  }
  assertEquals(dead, []);
});
