import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  CommandError,
  parseCommandLine,
} from "../../../src/cli/command_line.ts";
import { exec } from "../../../src/cli/exec.ts";
import { readManifest } from "../../../src/cli/manifest.ts";
import { test } from "../../harness.ts";
import { podwireCommand } from "../../support/podwire_command.ts";
import { runProgram } from "../../support/run_program.ts";
import { withTempFolder } from "../../support/temp_folder.ts";

function withManifest(
  text: string,
  body: (file: string) => Promise<void>,
): Promise<void> {
  return withTempFolder(async ({ path }) => {
    const file = join(path, "web.yaml");
    await writeFile(file, text);
    await body(file);
  });
}

const DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n" +
  "  name: web\n  namespace: team\n";
const POD_LIST =
  '{"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "a"}}]}';
const POD = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}';

test("manifest: YAML and JSON name one object", async () => {
  const web = { text: "deployment.v1.apps/web", namespace: "team" };
  const pod = { text: "pod.v1/a", namespace: undefined };
  for (
    const [text, expected] of [
      [DEPLOYMENT, web],
      [`# web\n---\n${DEPLOYMENT}---\n# nothing\n`, web],
      [POD, pod],
      [`{"kind": "List", "items": [${POD}]}`, pod],
      [POD_LIST, pod],
      [DEPLOYMENT.replaceAll("\n", "\r\n"), web],
      [`\ufeff%YAML 1.2\n---\n${DEPLOYMENT}...\n`, web],
    ] as const
  ) {
    await withManifest(text, async (file) => {
      for (const flag of ["-f", "--filename"]) {
        const line = parseCommandLine(["exec", flag, file, "--", "env"]);
        assertEquals(await readManifest(line), expected);
      }
    });
  }
});

test("manifest: what names no single object is refused", async () => {
  const several = "cannot exec into multiple objects at a time";
  for (
    const [text, message] of [
      [`${DEPLOYMENT}---\n${DEPLOYMENT}`, several],
      [`{"kind": "List", "items": [${POD}, ${POD}]}`, several],
      ["", "no object in "],
      ['{"kind": "List", "items": []}', "no object in "],
      ["metadata: {name: a}", "has no kind"],
      ["kind: Pod", "has no name"],
      [
        "apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}",
        "has no name",
      ],
      ["kind: Pod\nmetadata: {name: a}", "has no apiVersion"],
      ["apiVersion: v2\nkind: Pod\nmetadata: {name: a}", 'no kind "pod.v2"'],
      [DEPLOYMENT.replace("apps", "a.b"), 'no kind "deployment.v1.a.b"'],
      [`${POD} ${POD}`, "it is not valid YAML"],
      ["[1, 2]", "has no kind"],
      ["text", "has no kind"],
      ["kind: [", "it is not valid YAML"],
      [
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}",
        'no kind "secret.v1" has pods',
      ],
      [POD.replace('"a"', '"A"'), 'invalid pod name "A"'],
    ] as const
  ) {
    await withManifest(text, async (file) => {
      const line = parseCommandLine(["exec", "-f", file, "--", "env"]);
      await assertRejects(() => exec(line), CommandError, message);
    });
  }
});

test("manifest: without a YAML parser only JSON can be read", async () => {
  const load = () => Promise.reject(new Error("a kubeconfig's"));
  const read = (file: string) =>
    readManifest(parseCommandLine(["exec", "-f", file, "--", "env"]), load);
  await withManifest(POD, async (file) => {
    assertEquals((await read(file)).text, "pod.v1/a");
  });
  await withManifest(DEPLOYMENT, async (file) => {
    const words = "the YAML parser cannot be loaded from here; JSON needs none";
    await assertRejects(() => read(file), CommandError, words);
  });
});

test("manifest: a command line that does not fit it is refused", async () => {
  await withManifest(DEPLOYMENT, async (file) => {
    for (
      const [args, message] of [
        [["-f", `${file}.no`], "does not exist"],
        [["-f", join(file, "..")], "it is a directory"],
        [["-f", "http://localhost/web.yaml"], "from a URL: download it"],
        [["-f", ""], "pod, type/name or --filename must be specified"],
        [["-f", file, "-f", file], "cannot exec into multiple objects"],
        [["-f", file, "web-0"], "you may not name a pod as well"],
        [["-f", file, "-n", "other"], "does not match the namespace"],
        [["-if", "-"], "cannot both read stdin"],
        [[], "pod, type/name or --filename must be specified"],
      ] as const
    ) {
      const line = parseCommandLine(["exec", ...args, "--", "env"]);
      await assertRejects(() => exec(line), CommandError, message);
    }
  });
});

test("manifest: -f of logs is still --follow", () => {
  const line = parseCommandLine(["logs", "-f", "web-0"]);
  assertEquals([line.has("follow"), line.positionals], [true, ["web-0"]]);
});

test("manifest: - is stdin", async () => {
  const args = ["exec", "-f", "-", "--", "env"];
  const [program = "", ...words] = podwireCommand(...args);
  const text = "apiVersion: v1\nkind: Pod\nmetadata: { name: A }\n";
  const result = await runProgram(program, words, { NO_COLOR: "1" }, text);
  assertEquals(result.code, 1);
  assertStringIncludes(result.stderr, 'error: invalid pod name "A"');
});
