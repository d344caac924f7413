// Copies with the program of ./cli and with kubectl: both succeed or fail, and
// the same files arrive.
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
} from "@std/assert";
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { podwireCommand } from "../support/podwire_command.ts";
import { runProgram } from "../support/run_program.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import { crossCheckOnce, runKubectl } from "../unit/testing/with_kubectl.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";
import { embeddedCase } from "./fixture.ts";

const options = {
  ...crossCheckOnce,
  transports: ["socket"],
  // It starts some fifty programs.
  timeout: 180_000,
} as const;

/** What both programs find, on this machine and in the pod: one file system. */
const FILES = {
  "here/site/index.html": "<p>",
  "here/site/css/a b.css": "p {}",
  "here/site/empty/.keep": "",
  "here/-dash": "dash",
  "here/file": "new",
  "here/existing/kept": "kept",
  "there/log/a.log": "a",
  "there/log/deep/b.log": "b".repeat(100_000),
  "there/one": "one",
  "there/-dash": "dash",
  "there/existing/file": "old",
  "there/existing/kept": "kept",
} as const;

/** Each pair in a folder of its own; `$P` is the pod, `$D` the folder. */
const COPIES: readonly (readonly [from: string, to: string])[] = [
  ["$P:$D/there/log", "$D/here/log"],
  ["$P:$D/there/log/", "$D/here/log/"],
  ["$P:$D/there/log", "$D/here/existing"],
  ["$P:$D/there/log", "$D/here/a/b/c"],
  ["$P:$D/there/one", "$D/here/copy"],
  ["$P:$D/there/one", "$D/here/file"],
  ["$P:$D/there/one", "$D/here/x/y"],
  ["$P:$D/there/-dash", "$D/here/copy"],
  ["$D/here/site", "$P:$D/there/site"],
  ["$D/here/site/", "$P:$D/there/site/"],
  ["$D/here/site", "$P:$D/there/existing"],
  ["$D/here/site/.", "$P:$D/there/existing"],
  ["$D/here/file", "$P:$D/there/existing"],
  ["$D/here/file", "$P:$D/there/existing/"],
  ["$D/here/file", "$P:$D/there/existing/file"],
  ["$D/here/file", "$P:$D/there/copy"],
  ["$D/here/-dash", "$P:$D/there/-copy"],
  ["$D/here/file", "default/$P:$D/there/copy"],
  ["$D/here/file", "$P:$D/there/none/copy"],
  ["$D/here/none", "$P:$D/there/copy"],
  ["$D/here/file", "none:$D/there/copy"],
  ["$D/here/file", "$D/there/copy"],
  ["$P:$D/there/one", "$P:$D/there/copy"],
  ["$D/here/file", "$P:"],
  ["$D/here/file", "a/b/c:/tmp"],
];

embeddedCase("kubectl: program: cp: the same files arrive", async (fixture) => {
  const pod = await fixture.pod();
  const { namespace } = fixture;
  await withKubeconfigFile(fixture, async (env) => {
    for (const pair of COPIES) {
      const results: unknown[] = [];
      for (const isKubectl of [true, false]) {
        await withTempFolder(async ({ path }) => {
          await writeFiles(path);
          const paths = pair.map((text) =>
            text.replace("$P", pod).replace("default/", `${namespace}/`)
              .replace("$D", path)
          );
          const args = ["cp", ...paths];
          const [program = "", ...words] = podwireCommand(...args);
          const { code, stderr } = isKubectl
            ? await runKubectl(args, env)
            : await runProgram(program, words, { ...env, NO_COLOR: "1" });
          if (!isKubectl) {
            assertMatch(stderr, code === 0 ? /^$/ : /^error: [^\n]+\n$/);
          }
          const ok = code === 0;
          results.push({ pair, ok, files: await filesIn(path) });
        });
      }
      const [theirs, ours] = results;
      assertEquals(ours, theirs);
    }
  });
}, options);

/**
 * Copies for which kubectl 1.32 fails, or for the second says that it succeeds, and
 * leaves its directory.
 */
const OWN:
  readonly (readonly [from: string, to: string, copy: string | null])[] = [
    ["$P:$D/there/one", "$D/here/existing", "here/existing/one"],
    ["$P:$D/there/none", "$D/here/a/b/copy", null],
    ["$P:$D/there/./log/../one", "$D/here/copy", "here/copy"],
    ["$D/here/a[b]*", "$P:$D/there/copy", "there/copy"],
  ];

embeddedCase("program: cp: whole, or an error", async (fixture) => {
  const pod = await fixture.pod();
  await withKubeconfigFile(fixture, async (env) => {
    for (const [from, to, copy] of OWN) {
      await withTempFolder(async ({ path }) => {
        await writeFiles(path);
        await writeFile(join(path, "here/a[b]*"), "one");
        const before = await filesIn(path);
        const paths = [from, to].map((text) =>
          text.replace("$P", pod).replace("$D", path)
        );
        const args = ["cp", "-c", "main", ...paths];
        const [program = "", ...words] = podwireCommand(...args);
        const { code, stderr } = await runProgram(program, words, env);
        const added = copy === null ? {} : { [copy]: "one" };
        assertEquals(await filesIn(path), sorted({ ...before, ...added }));
        assertEquals(code, copy === null ? 1 : 0, stderr);
        assertMatch(
          stderr,
          copy === null ? /none.*there is no such file/ : /^$/,
        );
      });
    }
    // What is no file is written to, not replaced.
    await withTempFolder(async ({ path }) => {
      await writeFiles(path);
      const args = ["cp", `${pod}:${path}/there/log/deep/b.log`, "/dev/stdout"];
      const [program = "", ...words] = podwireCommand(...args);
      const { code, stdout, stderr } = await runProgram(program, words, env);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(String(stdout), FILES["there/log/deep/b.log"]);
    });
  });
}, { transports: ["socket"], timeout: 60_000 });

async function writeFiles(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** The files of a folder and their contents. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (entry.isFile()) files[name] = await readFile(path, "utf8");
    else if (entry.isSymbolicLink()) files[name] = `-> ${await readlink(path)}`;
    else files[name] = "directory";
  }
  assertNotEquals(Object.keys(files), []);
  return sorted(files);
}

function sorted(files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(files).sort().map((name) => [name, files[name]!]),
  );
}

embeddedCase(
  "kubectl: program: cp --no-preserve: the modes",
  async (fixture) => {
    const pod = await fixture.pod();
    await withKubeconfigFile(fixture, async (env) => {
      const modes: string[][] = [];
      for (const isKubectl of [true, false]) {
        await withTempFolder(async ({ path }) => {
          await mkdir(`${path}/here`);
          await mkdir(`${path}/there`);
          for (const mode of [0o600, 0o777, 0o664]) {
            const file = `${path}/here/${mode.toString(8)}`;
            await writeFile(file, "");
            await chmod(file, mode);
            await utimes(file, 1, 1);
          }
          const args = ["cp", "--no-preserve", `${path}/here`];
          args.push(`${pod}:${path}/there`);
          const [program = "", ...words] = podwireCommand(...args);
          const { code } = isKubectl
            ? await runKubectl(args, env)
            : await runProgram(program, words, { ...env, NO_COLOR: "1" });
          assertEquals(code, 0);
          const found: string[] = [];
          for (const name of ["600", "777", "664"]) {
            const { mode, mtimeMs } = await stat(`${path}/there/here/${name}`);
            found.push((mode & 0o777).toString(8));
            assert(mtimeMs > 1_000, name);
          }
          modes.push(found);
        });
      }
      // kubectl leaves it to the umask of the container's tar.
      const masked = (umask: number) =>
        [0o600, 0o777, 0o664].map((mode) => (mode & ~umask).toString(8));
      assertEquals(modes, [masked(process.umask()), masked(0o022)]);
    });
  },
  options,
);
