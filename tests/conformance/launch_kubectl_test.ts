// debug and run of the program and of kubectl: they start the same containers.
import { assertEquals } from "@std/assert";
import type { Container } from "../../mod.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import { runProgram } from "../support/run_program.ts";
import { crossCheckOnce, runKubectl } from "../unit/testing/with_kubectl.ts";
import { embeddedCase } from "./fixture.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";

const options = {
  ...crossCheckOnce,
  transports: ["socket"],
  timeout: 60_000,
} as const;

/** What follows `run NAME --image=busybox`. */
const RUNS: readonly (readonly string[])[] = [
  [],
  ["--", "sh", "-c", "exit"],
  ["a", "--env=A=1,B=2", "--env=C=3", "--", "-b"],
  ["-i", "--attach=false", "--command", "--", "cat"],
  ["-l", "app=web,tier=", "--annotations=note=it", "--privileged"],
  ["--image-pull-policy=Never", "--command"],
  ["-t"],
  ["--rm"],
  ["--restart=odd"],
  ["--image-pull-policy=odd"],
  ["--labels=app"],
  ["--env=A"],
];

embeddedCase("kubectl: program: run: the same pods", async (fixture) => {
  await withKubeconfigFile(fixture, async (env) => {
    for (const [index, words] of RUNS.entries()) {
      const ran = [`theirs-${index}`, `ours-${index}`].map(async (name) => {
        const args = ["run", name, "--image=busybox", "--restart=Never"];
        const code = await exitCodeOf([...args, ...words], env, name);
        const pod = await fixture.pods.get(name).catch(() => null);
        if (pod === null) return { words, code };
        const {
          labels: { "podwire.dev/run": _, ...labels } = {},
          annotations,
        } = pod.metadata;
        if (labels.run === name) labels.run = "NAME";
        const [main] = pod.spec.containers;
        assertEquals(main?.name, name);
        return { words, code, labels, annotations, main: fieldsOf(main!) };
      });
      const [theirs, ours] = await Promise.all(ran);
      assertEquals(ours, theirs);
    }
  });
}, options);

/** What follows `debug POD --image=busybox --profile=general`. */
const DEBUGS: readonly (readonly string[])[] = [
  [],
  ["--target=main", "--", "sh", "-c", "exit"],
  ["--arguments-only", "--", "-v"],
  ["-i", "--attach=false", "--env=A=1,B=2"],
  ["--profile=netadmin", "--image-pull-policy=Never", "--env=A=1,2"],
  ["--profile=restricted"],
  ["--profile=odd"],
  ["--target=none"],
  ["-c=main"],
];

embeddedCase(
  "kubectl: program: debug: the same containers",
  async (fixture) => {
    await withKubeconfigFile(fixture, async (env) => {
      for (const words of DEBUGS) {
        const ran = ["theirs", "ours"].map(async (whose) => {
          const pod = await fixture.pod();
          const args = ["debug", pod, "--image=busybox", "--profile=general"];
          const code = await exitCodeOf([...args, ...words], env, whose);
          const { spec } = await fixture.pods.get(pod);
          const added = spec.ephemeralContainers?.map((it) =>
            fieldsOf(it as unknown as Container)
          );
          return { words, code, added };
        });
        const [theirs, ours] = await Promise.all(ran);
        assertEquals(ours, theirs);
      }
    });
  },
  options,
);

async function exitCodeOf(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  whose: string,
): Promise<number | null> {
  const [program = "", ...words] = podwireCommand(...args);
  const { code } = whose.startsWith("theirs")
    ? await runKubectl(args, env)
    : await runProgram(program, words, env);
  return code;
}

/** The fields but the name, without those that mean nothing. */
function fieldsOf(container: Container): Record<string, unknown> {
  // The order of a Go map, in which `kubectl debug` keeps the variables.
  container.env?.sort((a, b) => a.name < b.name ? -1 : 1);
  const entries = Object.entries(container).filter(([name, value]) =>
    name !== "name" && JSON.stringify(value) !== "{}" && value !== false
  );
  return Object.fromEntries(entries);
}
