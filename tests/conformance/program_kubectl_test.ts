// Runs the program of ./cli and kubectl with the same arguments: stdout, stderr
// and exit codes are equal, except for the wording of errors.
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Buffer } from "node:buffer";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Api, Deployment, isRolledOut, Service } from "../../mod.ts";
import { V4, V5 } from "../../src/channel/subprotocols.ts";
import { podwireCommand } from "../support/podwire_command.ts";
import { runProgram } from "../support/run_program.ts";
import { withTempFolder } from "../support/temp_folder.ts";
import {
  crossCheck,
  crossCheckOnce,
  runKubectl,
} from "../unit/testing/with_kubectl.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";
import { embeddedCase, type Fixture, testCase } from "./fixture.ts";
import { labelled, podsOfLabel } from "./labelled_pods.ts";
import { hasEnded } from "../backends/test_pod.ts";

const options = {
  ...crossCheck,
  transports: ["socket"],
  timeout: 60_000,
} as const;

const errorOptions = { ...options, ...crossCheckOnce };

/** A command line and its input. */
interface Line {
  readonly args: readonly string[];
  readonly stdin?: string;
}

/** Runs each line with both programs and compares the results. */
async function compare(
  fixture: Fixture,
  lines: readonly Line[],
  assertEqual: (
    theirs: ProgramResult,
    ours: ProgramResult,
    line: string,
  ) => void,
): Promise<void> {
  await withKubeconfigFile(fixture, async (env) => {
    for (const { args, stdin } of lines) {
      const [program = "", ...words] = podwireCommand(...args);
      const [theirs, ours] = await Promise.all([
        runKubectl(args, env, stdin),
        runProgram(program, words, { ...env, NO_COLOR: "1" }, stdin),
      ]);
      assertEqual(theirs, ours, args.join(" "));
    }
  });
}

interface ProgramResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function assertSame(
  theirs: ProgramResult,
  ours: ProgramResult,
  line: string,
): void {
  assertEquals(ours.stderr, theirs.stderr, line);
  assertEquals(ours.code, theirs.code, line);
  assert(ours.stdout.equals(theirs.stdout), line);
}

/** kubectl reads several logs in the random order of a map of Go. */
function assertSameLines(
  theirs: ProgramResult,
  ours: ProgramResult,
  line: string,
): void {
  assertEquals(ours.stderr, theirs.stderr, line);
  assertEquals(ours.code, theirs.code, line);
  const [mine, other] = [ours, theirs].map(({ stdout }) =>
    stdout.toString().split("\n").sort()
  );
  assertEquals(mine, other, line);
}

/** The same exit code, and an error of one line. */
function assertSameFailure(
  theirs: ProgramResult,
  ours: ProgramResult,
  line: string,
): void {
  assertEquals(ours.code, theirs.code, line);
  assertEquals(ours.stdout.toString(), theirs.stdout.toString(), line);
  assertMatch(ours.stderr, /^error: [^\n]+\n$/, line);
}

testCase(
  "kubectl: program: exec: the same bytes and exit codes",
  async (fixture) => {
    const one = await fixture.pod();
    const exec = (...args: string[]): Line => ({ args: ["exec", ...args] });
    const script = "printf '\\000\\377\\r\\n'; echo err >&2; exit 7";
    const stdin = "through and back\n".repeat(10_000);
    await compare(fixture, [
      exec(one, "--", "sh", "-c", script),
      exec(`pod/${one}`, "-q", "-c", "main", "--", "seq", "1", "100000"),
      exec("-t", one, "--", "printf", "%s|", "a b", "", "é", "--", "-it"),
      exec(one, "--", "sh", "-c", "kill -9 $$"),
      exec("-f", "", one, "--", "true"),
      // Over v4 only kubectl, with SPDY, can half-close stdin.
      ...(fixture.protocol === V4 ? [] : [
        exec("-it", one, "--container=main", "--", "cat"),
        { args: ["exec", "-i", one, "--", "sh", "-c", "cat; exit 3"], stdin },
      ]),
    ], assertSame);
  },
  options,
);

testCase(
  "kubectl: program: the default container is the same",
  async (fixture) => {
    const several = await fixture.pod({
      containers: [{ name: "a" }, { name: "b", command: ["sleep", "1000"] }],
    });
    await compare(fixture, [
      { args: ["exec", several, "--", "echo", "hello"] },
      { args: ["exec", several, "--container", "b", "--", "echo", "hello"] },
    ], assertSame);
  },
  options,
);

testCase("kubectl: program: logs: the same bytes", async (fixture) => {
  const script = "echo one; echo two; echo three; printf '\\377 end'";
  const name = await fixture.pod({
    container: { command: ["sh", "-c", script] },
    spec: { restartPolicy: "Never" },
    until: (pod) => pod?.status?.phase === "Succeeded",
  });
  const logs = (...args: string[]): Line => ({ args: ["logs", ...args] });
  await compare(fixture, [
    logs(name),
    logs("-f", `pod/${name}`),
    logs(name, "main", "--tail=2"),
    logs(name, "--timestamps", "--since=10m", "--limit-bytes", "50"),
  ], assertSame);
}, options);

embeddedCase(
  "kubectl: program: logs by lines: the same bytes",
  async (fixture) => {
    const { labels, target: { labelSelector } } = labelled();
    const container = (script: string) => ({
      container: { command: ["sh", "-c", script] },
      spec: { restartPolicy: "Never" },
      until: hasEnded,
    });
    const script = "printf 'a\\r\\n\\n\\000\\n\\377\\r\\r\\n end'";
    const [odd = ""] = await podsOfLabel(fixture.pod, labels, 1, [
      container(script),
    ]);
    const empty = await fixture.pod(container("true"));
    const logs = (...args: string[]): Line => ({ args: ["logs", ...args] });
    await compare(fixture, [
      logs("-l", labelSelector),
      logs("-l", labelSelector, "--prefix", "--all-containers"),
      logs(odd, "--prefix"),
      logs(odd, "--prefix", "--timestamps", "--tail=3"),
      logs(odd, "--prefix", "-f"),
      logs(empty, "--prefix"),
      logs("-l", `${labelSelector}-not`),
    ], assertSame);
  },
  options,
);

testCase(
  "kubectl: program: errors have the same exit code, and one line",
  async (fixture) => {
    const { labels, target: { labelSelector } } = labelled();
    const [name = ""] = await podsOfLabel(fixture.pod, labels, 1);
    const missing = ["-c", "no-such-container"];
    const lines = [
      ["exec", "no-such-pod", "--", "true"],
      ["exec", name, "--", "no-such-program"],
      ["exec", name, "true"],
      ["exec"],
      ["exec", "--bogus", name, "--", "true"],
      ["exec", name, ...missing, "--", "true"],
      ["attach", "no-such-pod"],
      ["attach", name, "-c", "no-such-container"],
      ["logs", name, ...missing],
      ["logs", name, ...missing, "--prefix"],
      ["logs", name, ...missing, "--ignore-errors"],
      ["logs", "-l", labelSelector, ...missing],
      ["logs", "-l", labelSelector, ...missing, "--ignore-errors"],
      ["logs", "-f", "-l", labelSelector, ...missing, "--ignore-errors"],
      ["logs", "no-such-pod"],
      ["logs", "no-such-pod", "--ignore-errors"],
      ["logs", name, "--tail=-2"],
      ["logs", name, "--since=1h", "--since-time=2020-01-01T00:00:00Z"],
      ["bogus"],
    ].map((args) => ({ args }));
    await compare(fixture, lines, assertSameFailure);
  },
  errorOptions,
);

testCase(
  "kubectl: program: logs: empty flags count as none",
  async (fixture) => {
    const name = await fixture.pod({
      container: { command: ["echo", "on"] },
      spec: { restartPolicy: "Never" },
      until: hasEnded,
    });
    const lines = [["logs", "-l", "", name], ["logs", name, "--since-time="]]
      .map((args) => ({ args }));
    await compare(fixture, lines, assertSame);
    await compare(fixture, [{ args: ["logs", "-l", ""] }], (theirs, ours) => {
      assertEquals(ours.code, theirs.code);
      assertMatch(ours.stderr, /^error: the name of a pod must be specified/);
    });
  },
  errorOptions,
);

embeddedCase(
  "kubectl: program: logs: --ignore-errors ends with exit code 0",
  async (fixture) => {
    const { labels, target: { labelSelector } } = labelled();
    const [name = ""] = await podsOfLabel(fixture.pod, labels, 1, [{
      spec: {
        initContainers: [{
          name: "first",
          image: "busybox",
          command: ["sleep", "60"],
        }],
      },
      until: (pod) =>
        pod?.status?.initContainerStatuses?.[0]?.state?.running !== undefined,
    }]);
    const lines = [
      ["logs", name, "-c", "main"],
      ["logs", name, "-c", "main", "--prefix"],
      ["logs", "-l", labelSelector, "-c", "main"],
    ].map((args) => ({ args: [...args, "--ignore-errors"] }));
    await compare(fixture, lines, (theirs, ours, line) => {
      assertEquals([ours.code, theirs.code], [0, 0], line);
      // kubectl's is in its stdout, among the lines of the log.
      assertMatch(theirs.stdout.toString(), /PodInitializing/, line);
      assertMatch(ours.stderr, /^error: .*PodInitializing\n$/, line);
      assertEquals(ours.stdout.toString(), "", line);
    });
  },
  errorOptions,
);

embeddedCase(
  "kubectl: program: pods without a process have the same exit code",
  async (fixture) => {
    const { client, namespace } = fixture;
    const ended = await fixture.pod({
      container: { command: ["true"] },
      spec: { restartPolicy: "Never" },
      until: hasEnded,
    });
    const containers = ["a", "b"].map((name) => ({
      name,
      image: "registry.invalid/x:1",
    }));
    const deployments = new Api(Deployment, { client, namespace });
    for (const [name, replicas] of [["waits", 1], ["none", 0]] as const) {
      const labels = { app: name };
      const template = { metadata: { labels }, spec: { containers } };
      const selector = { matchLabels: labels };
      const spec = { replicas, selector, template };
      await deployments.create({ metadata: { name }, spec });
    }
    // Both programs find the same pod.
    for await (const { object } of fixture.pods.watch()) {
      if (object.metadata.labels?.app === "waits") break;
    }
    const brief = "--pod-running-timeout=1s";
    const lines = [
      ["exec", ended, "--", "true"],
      ["attach", ended],
      ["exec", "deploy/waits", "-c", "a", "--", "true"],
      ["logs", "deploy/waits", "-c", "a"],
      ["exec", "deploy/none", brief, "--", "true"],
      ["attach", "deploy/none", brief],
      ["logs", "deploy/none", brief],
      ["logs", "deploy/none", "--all-pods", brief],
      ["exec", ended, "--pod-running-timeout=0s", "--", "true"],
    ].map((args) => ({ args }));
    await compare(fixture, lines, assertSameFailure);
  },
  errorOptions,
);

/** A container runs before it writes. Waits for lines of a followed log. */
async function untilLogged(
  lines: AsyncIterableIterator<unknown>,
  count: number,
): Promise<void> {
  for (let seen = 0; seen < count; seen++) await lines.next();
  await lines.return?.();
}

const SERVICE = `---
apiVersion: v1
kind: Service
metadata:
  name: same
spec:
  selector: { other: same }
`;

embeddedCase(
  "kubectl: program: the pod of a workload or a service is the same",
  async (fixture) => {
    const { client, namespace, pods } = fixture;
    const services = new Api(Service, { client, namespace });
    await services.create({
      metadata: { name: "same" },
      spec: { selector: { other: "same" }, ports: [{ port: 80 }] },
    });
    await services.create({
      metadata: { name: "bare" },
      spec: { ports: [{ port: 80 }] },
    });
    for (const who of ["one", "two", "three"]) {
      const command = ["sh", "-c", `echo ${who}; exec sleep 1000`];
      const name = await fixture.pod({ container: { command } });
      await pods.patch(name, { metadata: { labels: { other: "same" } } });
      await untilLogged(pods.logs.lines(name, { follow: true }), 1);
    }
    const exec = ["--", "sh", "-c", 'echo "$HOSTNAME"'];
    await withTempFolder(async ({ path }) => {
      const file = join(path, "service.yaml");
      await writeFile(file, SERVICE);
      await compare(fixture, [
        { args: ["exec", "-f", file, ...exec] },
        { args: ["exec", `--filename=${file}`, "-c", "main", ...exec] },
      ], assertSame);
    });
    await compare(fixture, [
      { args: ["exec", "svc/same", ...exec] },
      { args: ["exec", "services/same", ...exec] },
      { args: ["logs", "svc/same"] },
      { args: ["logs", "service/same", "--tail=1"] },
    ], assertSame);
    await compare(fixture, [
      { args: ["exec", "svc/bare", ...exec] },
      { args: ["exec", "svc/none", ...exec] },
      { args: ["exec", "deploy/none", ...exec] },
      { args: ["exec", "-f", "/no/such.yaml", ...exec] },
      ...[
        SERVICE + SERVICE,
        SERVICE.replace("apiVersion: v1", ""),
        SERVICE.replace("v1", "v2"),
        SERVICE.replace("Service", "ConfigMap"),
        SERVICE.replace("name: same", "generateName: same"),
        SERVICE.replace("name: same", "name: same\n  namespace: other"),
        "kind: [",
        "",
      ].map((stdin) => ({ args: ["exec", "-f", "-", ...exec], stdin })),
      { args: ["logs", "secret/none"] },
    ], (theirs, ours, line) => {
      assertEquals(ours.code, theirs.code, line);
      assertEquals(ours.stdout.byteLength, 0, line);
    });
  },
  options,
);

embeddedCase(
  "kubectl: program: a Deployment's pods are the same",
  async (fixture) => {
    const { client, namespace } = fixture;
    const deployments = new Api(Deployment, { client, namespace });
    const labels = { app: "web" };
    const containers = ["a", "b"].map((name) => ({
      name,
      image: "busybox",
      command: ["sh", "-c", `echo ${name} one; exec sleep 1000`],
    }));
    const metadata = { name: "web" };
    const template = { metadata: { labels }, spec: { containers } };
    const spec = { replicas: 1, selector: { matchLabels: labels }, template };
    await deployments.create({ metadata, spec });
    await deployments.waitFor("web", isRolledOut, { timeout: 30_000 });
    const logs = fixture.pods.logs.all("deploy/web", { follow: true });
    await untilLogged(logs, containers.length);
    const script = ["--", "sh", "-c", 'echo "$HOSTNAME"; exit 3'];
    await withTempFolder(async ({ path }) => {
      const file = join(path, "web.json");
      const manifest = { apiVersion: "apps/v1", kind: "Deployment" };
      await writeFile(file, JSON.stringify({ ...manifest, metadata, spec }));
      const each = ["--prefix", "--all-containers"];
      await compare(fixture, [
        { args: ["exec", "deploy/web", ...script] },
        { args: ["exec", "-f", file, ...script] },
        { args: ["exec", "-f", file, "-c", "b", ...script] },
        { args: ["logs", "deploy/web", "-c", "b"] },
      ], assertSame);
      const all = { args: ["logs", "-l", "app=web", ...each] };
      await compare(fixture, [all], assertSameLines);
    });
  },
  options,
);

embeddedCase(
  "kubectl: program: attach to a Deployment's pod is the same",
  async (fixture) => {
    const { client, namespace, pods } = fixture;
    const deployments = new Api(Deployment, { client, namespace });
    const labels = { app: "shell" };
    const script = 'read line; echo "got $line"; cat';
    const shell = {
      command: ["sh", "-c", script],
      stdin: true,
      stdinOnce: true,
    };
    const containers = [
      { name: "a", image: "busybox", ...shell },
      { name: "b", image: "busybox", command: ["sleep", "1000"] },
    ];
    await deployments.create({
      metadata: { name: "shell" },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers } },
      },
    });
    await deployments.waitFor("shell", isRolledOut, { timeout: 30_000 });
    const [pod] = (await pods.list({ labelSelector: "app=shell" })).items;
    let runs = 0;
    /** Each program ends the container, which runs again for the next. */
    const restarted = async () => {
      await pods.waitFor(pod!.metadata.name, (pod) => {
        const [status] = pod?.status?.containerStatuses ?? [];
        return status?.restartCount === runs && Boolean(status.ready);
      }, { timeout: 30_000 });
      runs++;
    };
    await withKubeconfigFile(fixture, async (env) => {
      for (
        const args of [["deploy/shell"], ["deploy/shell", "-c", "a", "-q"]]
      ) {
        const words = ["attach", "-i", ...args];
        await restarted();
        const theirs = await runKubectl(words, env, "it\n", restarted);
        await restarted();
        const [program = "", ...line] = podwireCommand(...words);
        const ours = await runProgram(
          program,
          line,
          { ...env, NO_COLOR: "1" },
          "it\n",
        );
        assertSame(theirs, ours, words.join(" "));
        assertEquals(ours.stdout.toString(), "got it\n");
      }
    });
  },
  { ...options, protocol: V5 },
);
