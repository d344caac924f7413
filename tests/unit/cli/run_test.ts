import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  CommandError,
  parseCommandLine,
} from "../../../src/cli/command_line.ts";
import { launchOf } from "../../../src/cli/launch.ts";
import { runOptions } from "../../../src/cli/run.ts";
import { test } from "../../harness.ts";

function optionsOf(...args: string[]) {
  const commandLine = parseCommandLine(["run", "--image=busybox", ...args]);
  return runOptions(commandLine, launchOf(commandLine, "run"));
}

test("run: the pod has a name of its own, as have its container and label", () => {
  assertEquals(optionsOf("job"), {
    name: "job",
    container: "job",
    image: "busybox",
    labels: { run: "job" },
    spec: { containers: [{ name: "job" }] },
    timeout: 60_000,
  });
  const { name = "", container } = optionsOf("--", "sh");
  assertMatch(name, /^run-[a-z0-9]{10}$/);
  assertEquals(container, name);
  assertEquals(optionsOf("a.b").container, "main");
});

test("run: the words are arguments, or with --command the command", () => {
  const words = (...args: string[]) => {
    const { command, args: given } = optionsOf(...args);
    return [command, given];
  };
  assertEquals(words("job", "--", "ls", "-l"), [undefined, ["ls", "-l"]]);
  assertEquals(words("job", "ls", "--", "-l"), [undefined, ["ls", "-l"]]);
  assertEquals(words("job", "--command", "--", "ls"), [["ls"], undefined]);
  assertEquals(words("job", "--command", "--"), [undefined, undefined]);
});

test("run: every flag has its option", () => {
  const { env, labels, annotations, spec } = optionsOf(
    "job",
    "--env=A=1,B=2",
    "--env=C=3",
    "-l",
    "app=web,tier=",
    "--annotations=note=it",
    "--privileged",
    "--image-pull-policy=Always",
    "--restart=Never",
  );
  assertEquals(env, { A: "1,B=2", C: "3" });
  assertEquals(labels, { app: "web", tier: "" });
  assertEquals(annotations, { note: "it" });
  assertEquals(spec, {
    containers: [{
      name: "job",
      imagePullPolicy: "Always",
      securityContext: { privileged: true },
    }],
  });
});

test("run: overrides join the pod", () => {
  const given = {
    apiVersion: "v1",
    metadata: { labels: { app: "web" }, annotations: { note: "it" } },
    spec: {
      nodeName: "n",
      containers: [{ name: "other", image: "x" }, { name: "job", tty: true }],
    },
  };
  const overrides = `--overrides=${JSON.stringify(given)}`;
  const { labels, annotations, spec } = optionsOf("job", overrides);
  assertEquals(labels, { run: "job", app: "web" });
  assertEquals(annotations, { note: "it" });
  assertEquals(spec, {
    nodeName: "n",
    containers: [{ name: "job", tty: true }, { name: "other", image: "x" }],
  });
});

test("run: what cannot be, or is not supported, is refused", () => {
  const refusals = {
    "--restart=Always": "--restart=Always is not supported",
    "--restart=odd": "invalid restart policy: odd",
    "--labels=app": "unexpected label spec: app",
    "--labels=a=b=c": "unexpected label spec: a=b=c",
    "--overrides={": "it is no JSON",
    "--overrides=[]": "the pod is no object",
    '--overrides={"spec":1}': "spec is no object",
    '--overrides={"spec":{"containers":1}}': "spec.containers is no array",
    '--overrides={"status":{}}': "status cannot be set",
    '--overrides={"metadata":{"uid":"1"}}': "metadata.uid cannot be set",
    "Job": 'invalid pod name "Job"',
  };
  for (const [arg, message] of Object.entries(refusals)) {
    assertThrows(() => optionsOf(arg), CommandError, message);
  }
});
