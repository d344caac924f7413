// The program's debug and run, which start containers of their own.
import { assertEquals, assertMatch } from "@std/assert";
import { spawn } from "node:child_process";
import { ApiError } from "../../mod.ts";
import { rejection } from "../support/async.ts";
import { observeChild } from "../support/observed_child.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import { DENO_DIR, runProgram } from "../support/run_program.ts";
import { type Fixture, testCase } from "./fixture.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";
import process from "node:process";

type Env = Readonly<Record<string, string>>;

const options = { transports: ["socket"], timeout: 60_000 } as const;

/** Runs the program to its end. */
async function runPodwire(args: readonly string[], env: Env, stdin = "") {
  const [program = "", ...words] = podwireCommand(...args);
  const ran = await runProgram(program, words, env, stdin);
  return { ...ran, stdout: ran.stdout.toString() };
}

function imageOf({ podSpec }: Fixture): string {
  return podSpec().containers[0]!.image!;
}

testCase(
  "program: debug: looks into a pod, and exits as its container",
  async (fixture) => {
    const name = await fixture.pod({ labels: { own: "pod" } });
    const image = `--image=${imageOf(fixture)}`;
    await withKubeconfigFile(fixture, async (env) => {
      const looked = await runPodwire([
        "debug",
        name,
        image,
        "--target=main",
        "--attach",
        "--env=A=b",
        "-c=look",
        "--",
        "sh",
        "-c",
        "echo in $A; exit 3",
      ], env);
      const { code, stdout, stderr } = looked;
      assertEquals([code, stdout, ...stderr.split("\n")], [
        3,
        "in b\n",
        'Targeting container "main". If you don\'t see processes from this ' +
        "container it may be because the container runtime doesn't support " +
        "this feature.",
        "If you don't see a command prompt, try pressing enter.",
        "the container has ended with exit code 3 (Error)",
        "",
      ]);
      const started = await runPodwire(
        ["debug", name, image, "--", "true"],
        env,
      );
      assertEquals([started.code, started.stdout], [0, ""]);
      assertMatch(
        started.stderr,
        /^Defaulting debug container name to debugger-\w{5}\.\n$/,
      );
      const { spec } = await fixture.pods.get(name);
      const added = spec.ephemeralContainers ?? [];
      const look = added.find((it) => it.name === "look");
      assertEquals([look?.targetContainerName, added.length], ["main", 2]);
      const again = ["debug", "-q", name, image, "-c=look", "--attach"];
      const refused = await runPodwire(again, env);
      assertEquals([refused.code, refused.stdout], [1, ""]);
      const problem = `pod ${name} has a container look already`;
      assertEquals(refused.stderr, `error: ${problem}\n`);
    });
  },
  { ...options, needs: ["ephemeral containers"] },
);

testCase(
  "program: run: the command's input, output and exit code; no pod is left",
  async (fixture) => {
    const image = `--image=${imageOf(fixture)}`;
    const job = `job-${crypto.randomUUID().slice(0, 8)}`;
    const once = ["run", job, image, "--command"];
    const isGone = async () => {
      const error = await rejection(fixture.pods.get(job), ApiError);
      assertEquals(error.httpStatus, 404);
    };
    await withKubeconfigFile(fixture, async (env) => {
      const script = "echo started; exit 3";
      const soon = await runPodwire([
        ...once,
        "--rm",
        "--attach",
        "--",
        "sh",
        "-c",
        script,
      ], env);
      const { code, stdout, stderr } = soon;
      assertEquals([code, stdout, ...stderr.split("\n")], [
        3,
        "started\n",
        "If you don't see a command prompt, try pressing enter.",
        "the container has ended with exit code 3 (Error)",
        `pod "${job}" deleted`,
        "",
      ]);
      await fixture.pods.waitForDeletion(job);
      await isGone();
      const kept = await runPodwire([
        ...once,
        "--env=A=b",
        "--",
        "sh",
        "-c",
        "echo $A",
      ], env);
      assertEquals([kept.code, kept.stdout, kept.stderr], [
        0,
        `pod/${job} created\n`,
        "",
      ]);
      const { metadata, spec } = await fixture.pods.get(job);
      assertEquals([metadata.labels?.run, spec.restartPolicy], [job, "Never"]);
      const taken = await runPodwire(
        [...once, "-q", "--attach", "--", "true"],
        env,
      );
      assertEquals([taken.code, taken.stdout], [1, ""]);
      assertMatch(taken.stderr, /^error: [^\n]*already exists[^\n]*\n$/);
    });
  },
  options,
);

testCase(
  "program: run: a signal ends it, and deletes the pod",
  async (fixture) => {
    const job = `job-${crypto.randomUUID().slice(0, 8)}`;
    const args = [
      "run",
      job,
      `--image=${imageOf(fixture)}`,
      "--rm",
      "--attach",
      "--command",
    ];
    const [program = "", ...words] = podwireCommand(
      ...args,
      "--",
      "sh",
      "-c",
      "echo up; sleep 60",
    );
    await withKubeconfigFile(fixture, async (env) => {
      const child = observeChild(
        spawn(program, words, { env: { ...process.env, DENO_DIR, ...env } }),
      );
      const code = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      // Deno takes the exit code of a child that it has killed for the signal's.
      process.kill(child.pid!, "SIGTERM");
      assertEquals(await code, 143);
      await fixture.pods.waitForDeletion(job);
    });
  },
  options,
);
