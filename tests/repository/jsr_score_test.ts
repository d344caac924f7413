// The parts of JSR's package score that depend on the repository; slow types are
// a separate check. The rest is set where the package is published.
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { test } from "../harness.ts";
import { root } from "../harness/preload/specifiers.ts";
import { readJsrManifest } from "./manifests.ts";

interface Documentation {
  readonly doc?: string;
}

interface Module {
  readonly "module_doc"?: Documentation;
  readonly symbols: readonly DocumentedSymbol[];
}

interface DocumentedSymbol {
  readonly name: string;
  readonly declarations: readonly { readonly jsDoc?: Documentation }[];
}

/** What `deno doc` reads out of one entry point. */
async function documentationOf(path: string): Promise<Module> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", "--quiet", path],
    cwd: fileURLToPath(root),
  }).output();
  assert(success, path);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  return Object.values(nodes)[0] as Module;
}

test("every entry point and every exported name is documented", async () => {
  const { exports } = await readJsrManifest();
  const silent: string[] = [];
  for (const [entry, path] of Object.entries(exports)) {
    const { module_doc: text, symbols } = await documentationOf(path);
    if (!text?.doc) silent.push(entry);
    for (const { name, declarations } of symbols) {
      const documented = declarations.some(({ jsDoc }) => jsDoc?.doc);
      if (!documented) silent.push(`${entry}: ${name}`);
    }
  }
  assertEquals(silent, []);
});

/**
 * Beside these are the main entry, which leaves parts of Kubernetes' objects to
 * `./kubernetes`, that one, and `./files`, whose functions take an `Api`. `deno
 * doc --lint` of all entries together, a check of the runner, includes them.
 */
const ALONE = [
  ...["./deno", "./bun", "./node", "./web", "./kubeconfig", "./testing"],
  ...["./terminal", "./relay", "./xterm"],
];

test("entry points that are used alone export the parts of their types", async () => {
  const { exports } = await readJsrManifest();
  const wrong: string[] = [];
  for (const entry of ALONE) {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["doc", "--lint", "--quiet", exports[entry]!],
      cwd: fileURLToPath(root),
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) wrong.push(new TextDecoder().decode(stderr));
  }
  assertEquals(wrong, []);
});

test("the main entry point's description has an example", async () => {
  const text = await Deno.readTextFile(new URL("mod.ts", root));
  const [description = ""] = text.split("*/");
  assert(/```ts\n/.test(description));
});
