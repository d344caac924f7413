// Debug containers: ephemeral containers of a pod that runs.
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Api,
  ApiError,
  type Pod,
  TargetNotFoundError,
  WaitFailedError,
} from "../../mod.ts";
import { rejection } from "../support/async.ts";
import { collectText } from "../support/collect_text.ts";
import { embeddedCase, type Fixture, testCase } from "./fixture.ts";
import { writtenOrEnded } from "./stdin_outcomes.ts";

const NEEDS = { needs: ["ephemeral containers"] } as const;
/** The image that the backend runs. */
const imageOf = ({ podSpec }: Pick<Fixture, "podSpec">): string =>
  podSpec().containers[0]!.image!;

const sh = (script: string) => ({ command: ["sh", "-c", script] });

async function containersOf(pods: Api<typeof Pod>, name: string) {
  return (await pods.get(name)).spec?.ephemeralContainers ?? [];
}

testCase(
  "debug: a container is added, attached, and has its exit code",
  async (fixture) => {
    const { pods, pod } = fixture;
    const image = imageOf(fixture);
    const name = await pod({ labels: { own: "pod" } });
    const session = await pods.debug(name, {
      image,
      container: "main",
      ...sh('echo "$A"; read line; echo "got $line"; exit 3'),
      env: { A: "first" },
      stdin: true,
    });
    assertEquals([session.pod, session.hasExitCode], [name, true]);
    const output = collectText(session.stdout);
    await output.until("first\n");
    const [added] = await containersOf(pods, name);
    assertEquals(added?.name, session.container);
    assertMatch(session.container, /^debugger-\w{5}$/);
    assertEquals(added?.targetContainerName, "main");
    assertEquals(added?.securityContext?.capabilities?.add, ["SYS_PTRACE"]);
    await writtenOrEnded(session.write("word\n"));
    assertEquals(await output.ended, "first\ngot word\n");
    assertEquals(await session.exitCode, 3);
    await session.close();
  },
  NEEDS,
);

testCase(
  "debug: nothing is lost of a process that has ended at once",
  async (fixture) => {
    const { pods, pod } = fixture;
    const image = imageOf(fixture);
    const name = await pod({ labels: { own: "pod" } });
    // With shorter lines, a containerd that is busy writes a log for longer than
    // it lets a process' output wait for once that has ended.
    const session = await pods.debug(name, {
      image,
      ...sh("yes $(printf %01023d 7) | head -c 1048576; exit 5"),
    });
    let length = 0;
    for await (const chunk of session.stdout) length += chunk.byteLength;
    assertEquals([length, await session.exitCode], [2 ** 20, 5]);
  },
  NEEDS,
);

testCase(
  "debug: a name that is taken is no end of the first container",
  async (fixture) => {
    const { pods, pod } = fixture;
    const name = await pod({ labels: { own: "pod" } });
    const options = {
      image: imageOf(fixture),
      name: "tools",
      ...sh("exit 4"),
    };
    const session = await pods.debug(name, options);
    assertEquals(await session.exitCode, 4);
    const error = await rejection(pods.debug(name, options), WaitFailedError);
    assertEquals(error.reason, "AlreadyExists");
    assertMatch(error.message, /^Cannot debug pods .* "tools" already; choose/);
  },
  NEEDS,
);

testCase(
  "debug: a terminal, and another session of a container that runs",
  async (fixture) => {
    const { pods, pod } = fixture;
    const image = imageOf(fixture);
    const name = await pod({ labels: { own: "pod" } });
    const options = {
      image,
      command: ["sh"],
      stdin: true,
      tty: true,
      reuse: true,
    } as const;
    const size = { width: 100, height: 30 };
    const first = await pods.debug(name, { ...options, size });
    const shown = collectText(first.stdout);
    await first.write("stty size; A=kept\n");
    await shown.until("30 100");
    await first.close();
    const second = await pods.debug(name, options);
    assertEquals(second.container, first.container);
    const output = collectText(second.stdout);
    await writtenOrEnded(second.write("echo still $A; exit 6\n"));
    await output.until("still kept");
    assertEquals(await second.exitCode, 6);
    const third = await pods.debug(name, options);
    assert(third.container !== first.container);
    await third.close();
    assertEquals((await containersOf(pods, name)).length, 2);
  },
  NEEDS,
);

testCase(
  "debug: targets, and what the server refuses",
  async (fixture) => {
    const { pods, pod } = fixture;
    const image = imageOf(fixture);
    const app = crypto.randomUUID();
    const name = await pod({ labels: { app } });
    const found = await pods.debug({ labelSelector: `app=${app}` }, {
      image,
      ...sh("echo here"),
    });
    assertEquals(found.pod, name);
    assertEquals(await collectText(found.stdout).ended, "here\n");
    const wrong = pods.debug(name, { image, container: "none" });
    assertEquals((await rejection(wrong, ApiError)).httpStatus, 422);
    const missing = pods.debug("none", { image });
    assertEquals((await rejection(missing, ApiError)).httpStatus, 404);
    const nothing = pods.debug({ labelSelector: "app=none" }, {
      image,
    });
    await rejection(nothing, TargetNotFoundError);
  },
  NEEDS,
);

embeddedCase(
  "debug: an attach that ends too early loses nothing, once output has come",
  async (fixture) => {
    const { pods, pod } = fixture;
    // As if the process had ended.
    const status = { garbage: JSON.stringify({ status: "Success" }) };
    const name = await pod({ fault: { afterOutput: 10_000, status } });
    const session = await pods.debug(name, {
      image: imageOf(fixture),
      ...sh("echo ready; read go; seq 10000; echo end; exit 5"),
      stdin: true,
    });
    const output = collectText(session.stdout);
    await output.until("ready\n");
    await writtenOrEnded(session.write("go\n"));
    const numbers = Array.from({ length: 10_000 }, (_, i) => `${i + 1}\n`);
    const all = ["ready\n", ...numbers, "end\n"].join("");
    assertEquals(await session.exitCode, 5);
    assertEquals((await output.ended) === all, true);
  },
);

embeddedCase(
  "debug: an image that cannot be pulled fails in the cluster's words",
  async (fixture) => {
    const { pods, pod } = fixture;
    const name = await pod({ labels: { own: "pod" } });
    const image = "registry.invalid/none:1";
    const error = await rejection(pods.debug(name, { image }), WaitFailedError);
    assertMatch(error.reason, /^(ErrImagePull|ImagePullBackOff)$/);
    assertMatch(error.message, /^Cannot debug pods .*no such host/);
    const invalid = pods.debug(name, { image: "Not/An/Image" });
    assertEquals(
      (await rejection(invalid, WaitFailedError)).reason,
      "InvalidImageName",
    );
  },
);

embeddedCase(
  "debug: containers that are added at the same time are all added",
  async (fixture, cluster) => {
    const { pods, pod } = fixture;
    const name = await pod({ labels: { own: "pod" } });
    const options = { image: imageOf(fixture), ...sh("exit 3") };
    const body = { kind: "Status", reason: "Conflict", message: "changed" };
    cluster.requestFault = {
      method: "PATCH",
      httpStatus: 409,
      body: JSON.stringify(body),
      times: 2,
    };
    const exitCodes = Array.from({ length: 4 }, async () => {
      const session = await pods.debug(name, options);
      return await session.exitCode;
    });
    assertEquals(await Promise.all(exitCodes), [3, 3, 3, 3]);
    assertEquals((await containersOf(pods, name)).length, 4);
  },
);

embeddedCase(
  "debug: an abort ends the session, and leaves the container",
  async (fixture) => {
    const { pods, pod } = fixture;
    const image = imageOf(fixture);
    const name = await pod({ labels: { own: "pod" } });
    const abort = new AbortController();
    const session = await pods.debug(name, {
      image,
      ...sh("echo here; sleep 600"),
      signal: abort.signal,
    });
    await collectText(session.stdout).until("here\n");
    const ended = rejection(session.waitForStatus());
    abort.abort("enough");
    assertEquals(await ended, "enough");
    assertEquals((await containersOf(pods, name)).length, 1);
  },
);
