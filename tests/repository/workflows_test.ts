// The workflows cannot run here. What they name must exist, and nothing that
// others can change may run in them.
import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml";
import { root } from "../harness/preload/specifiers.ts";
import { test } from "../harness.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, {
      readonly "timeout-minutes"?: number;
      readonly needs?: string;
      readonly permissions?: Readonly<Record<string, string>>;
      readonly steps: readonly Step[];
    }>
  >;
}

const FOLDER = new URL(".github/workflows/", root);

async function readWorkflows(): Promise<Map<string, Workflow>> {
  const found = new Map<string, Workflow>();
  for await (const { name } of Deno.readDir(FOLDER)) {
    const text = await Deno.readTextFile(new URL(name, FOLDER));
    found.set(name, parse(text) as Workflow);
  }
  assertEquals([...found.keys()].sort(), ["ci.yml", "publish.yml"]);
  return found;
}

test("workflows run actions by their commit, and end in time", async () => {
  for (const [name, { jobs }] of await readWorkflows()) {
    for (const [job, { steps, ...rest }] of Object.entries(jobs)) {
      assert(Number(rest["timeout-minutes"]) <= 90, `${name}, ${job}`);
      for (const { uses } of steps) {
        if (uses === undefined) continue;
        assert(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(uses), `${name}: ${uses}`);
      }
    }
  }
});

test("workflows run tasks and files that exist", async () => {
  const { tasks }: { tasks: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", root)),
  );
  let count = 0;
  for (const { jobs } of (await readWorkflows()).values()) {
    const commands = Object.values(jobs).flatMap(({ steps }) => steps)
      .flatMap(({ run }) => run ?? []);
    for (const command of commands) {
      const [, task] = /deno@2 task (\S+)/.exec(command) ?? [];
      if (task !== undefined) assert(task in tasks, task);
      const paths = command.match(/(?<=\s|^)(?:\.ci|unit|src)(?:\/\S+|\b)/g);
      for (const path of paths ?? []) {
        const file = path.startsWith("unit/") ? `tests/${path}` : path;
        await Deno.stat(new URL(file, root));
        count++;
      }
    }
  }
  assert(count >= 10, `${count} paths`);
});

test("only the jobs that publish may identify themselves, after the tests", async () => {
  for (const [name, { permissions, jobs }] of await readWorkflows()) {
    assert(!("id-token" in permissions), name);
    for (
      const [job, { needs, permissions = {}, steps }] of Object.entries(jobs)
    ) {
      const publishes = steps.some(({ run = "" }) => / publish /.test(run));
      assertEquals("id-token" in permissions, publishes, `${name}, ${job}`);
      if (publishes) assertEquals(needs, "test");
      assert(
        Object.values(permissions).every((right) =>
          right === "read" || publishes
        ),
      );
    }
  }
});
