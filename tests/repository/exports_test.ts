import { assert, assertEquals } from "@std/assert";
import type {
  Client,
  Connection,
  HasAttach,
  HasExec,
  Status,
  StreamSession,
  SubresourceNotAvailable,
  Transport,
} from "../../mod.ts";
import { test } from "../harness.ts";
import { root } from "../harness/preload/specifiers.ts";
import { readDenoManifest } from "./manifests.ts";

/** The contract of each entry point. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  ".": [
    "createClient",
    "Api",
    "Pod",
    "Deployment",
    "defineResource",
    "ExecResult",
    "isRunning",
    "isReady",
    "hasCondition",
    "isComplete",
    "isRolledOut",
  ],
  "./deno": ["denoTransport"],
  "./bun": ["bunTransport"],
  "./node": ["nodeTransport"],
  "./web": ["webTransport"],
  "./kubeconfig": ["loadKubeconfig", "parseKubeconfig"],
  "./kubernetes": [],
  "./testing": ["startCluster", "memoryTransport"],
  "./files": [
    "readFile",
    "writeFile",
    "readTree",
    "writeTree",
    "copyFrom",
    "copyTo",
  ],
  "./terminal": ["runInTerminal", "terminalSize", "isTerminal"],
  "./relay": ["createRelay", "RELAY_CLOSE_CODE"],
  "./xterm": ["bindTerminal", "recordSession"],
  "./cli": ["main"],
};

/** The types that mod.ts promises; that this file compiles is their test. */
export type PromisedTypes = [
  Client,
  Connection,
  HasAttach,
  HasExec,
  Status,
  StreamSession,
  SubresourceNotAvailable,
  Transport,
];

test("every entry point exports what it promises", async () => {
  const { exports } = await readDenoManifest();
  assertEquals(Object.keys(exports), Object.keys(PROMISED));
  for (const [entry, path] of Object.entries(exports)) {
    const module = await import(new URL(path, root).href);
    const missing = PROMISED[entry]!.filter((name) => !(name in module));
    assertEquals(missing, [], `"${entry}" lacks ${missing}`);
  }
});

test("mod.ts exports every error class", async () => {
  const errors: object = await import("../../src/errors.ts");
  const module: object = await import("../../mod.ts");
  const missing = Object.keys(errors)
    .filter((name) => name.endsWith("Error") && !(name in module));
  assertEquals(missing, []);
});

test("mod.ts names what it exports", async () => {
  const text = await Deno.readTextFile(new URL("mod.ts", root));
  assert(!/^export \*/m.test(text), "mod.ts re-exports a module whole");
});
