// Upgrades that the server refuses, by an HTTP response or a status frame.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  Api,
  ApiError,
  ConnectError,
  createClient,
  HandshakeError,
  Pod,
  type Status,
  type StreamSession,
} from "../../mod.ts";
import { rejection } from "../support/async.ts";
import { V5 } from "../../src/channel/subprotocols.ts";
import { type Fixture, testCase } from "./fixture.ts";

const command = ["true"];

/** A client that is limited to v5, on a server that supports it. */
const OVER_V5 = { protocol: V5, client: { protocol: "v5" } } as const;

testCase("refused: an anonymous user", async ({ options }) => {
  const { token: _, ...anonymous } = options();
  const client = await createClient(anonymous);
  const pods = new Api(Pod, { client });
  const calls = [
    () => pods.exec.run("any", { command }),
    () => pods.attach.stream("any"),
  ];
  for (const call of calls) {
    const error = await rejection(call(), HandshakeError);
    assert(
      isAnonymousRefusal(error.httpStatus, error.apiStatus),
      error.message,
    );
    assertStringIncludes(error.hint ?? "", "credentials");
  }
  const error = await rejection(pods.get("any"), ApiError);
  assert(isAnonymousRefusal(error.httpStatus, error.apiStatus), error.message);
  await client.close();
}, { transports: ["socket"] });

/** Most clusters allow anonymous requests, and then deny the right by name. */
function isAnonymousRefusal(code: number, status: Status | null): boolean {
  return code === 403
    ? status?.message?.includes('User "system:anonymous"') ?? false
    : code === 401 && status?.reason === "Unauthorized";
}

testCase("refused: a pod that is not scheduled", async ({ pods, pod }) => {
  const name = await pod({ unschedulable: true });
  const error = await rejection(
    pods.exec.run(name, { command }),
    HandshakeError,
  );
  assertEquals(error.httpStatus, 400);
  const state = `pod ${name} does not have a host assigned`;
  assertEquals(error.apiStatus?.message, state);
  assertStringIncludes(error.message, state);
}, { transports: ["socket"] });

testCase(
  "refused: attach to an unknown container",
  async ({ pods, pod }) => {
    const name = await pod();
    const call = pods.attach.stream(name, { container: "nope" });
    const error = await rejection(call, HandshakeError);
    assertEquals(error.httpStatus, 400);
    assertStringIncludes(
      error.message,
      `container nope is not valid for pod ${name}`,
    );
  },
  { transports: ["socket"] },
);

/** A pod with a container that has ended, which only the kubelet checks. */
function podWithEnded({ pod }: Fixture): Promise<string> {
  return pod({
    containers: [{ name: "main" }, { name: "ended", command: ["true"] }],
    spec: { restartPolicy: "Never" },
    until: (pod) =>
      pod?.status?.containerStatuses?.some(({ state }) => state?.terminated) ??
        false,
  });
}

testCase(
  "refused by the kubelet: run in a container that has ended",
  async (fixture) => {
    const name = await podWithEnded(fixture);
    const run = fixture.pods.exec.run(name, { command, container: "ended" });
    await refused(fixture, run, 500, 'container not found ("ended")');
  },
);

testCase(
  "refused by the kubelet: run in a container that has ended, over v5",
  async (fixture) => {
    const name = await podWithEnded(fixture);
    const run = fixture.pods.exec.run(name, { command, container: "ended" });
    const text = 'container not found ("ended")';
    if (fixture.refusals === "plain") {
      return await refused(fixture, run, 500, text);
    }
    const result = await run;
    assertEquals([result.exitCode, result.ok], [null, false]);
    assertEquals(result.status?.reason, "InternalError");
    assertStringIncludes(
      result.status?.message ?? "",
      `unable to upgrade connection: ${text}`,
    );
  },
  OVER_V5,
);

testCase(
  "refused by the kubelet: a session in a container that has ended",
  async (fixture) => {
    const { pods, namespace } = fixture;
    const name = await podWithEnded(fixture);
    const options = { container: "ended", stdin: true };
    await endsRefused(
      fixture,
      pods.exec.stream(name, { command, ...options }),
      500,
      'container not found ("ended")',
    );
    await endsRefused(
      fixture,
      pods.attach.stream(name, options),
      500,
      `container ended not found in pod ${name}_${namespace}`,
    );
  },
);

const NODES = [
  ["forgetful", "a pod unknown to the kubelet", 404, "pod does not exist"],
  ["unreachable", "an unreachable node", 500, "dial tcp"],
] as const;

for (const [kubelet, what, code, text] of NODES) {
  testCase(`refused: ${what}`, async (fixture) => {
    const name = await fixture.pod({ kubelet });
    const opening = fixture.pods.exec.stream(name, { command });
    await refused(fixture, opening, code, text);
  }, { needs: ["kubelets"] });

  testCase(`refused: ${what}, over v5`, async (fixture) => {
    const name = await fixture.pod({ kubelet });
    const opening = fixture.pods.exec.stream(name, { command });
    await endsRefused(fixture, opening, code, text);
  }, { ...OVER_V5, needs: ["kubelets"] });
}

/** Checks a session that ends with a failure status, or a refused upgrade. */
async function endsRefused(
  fixture: Fixture,
  opening: Promise<StreamSession>,
  code: number,
  text: string,
): Promise<void> {
  if (fixture.refusals === "plain") {
    return await refused(fixture, opening, code, text);
  }
  const session = await opening;
  const status = await session.waitForStatus();
  assertEquals([status?.status, status?.code], ["Failure", 500]);
  assertStringIncludes(status?.message ?? "", text);
  assertEquals(await session.exitCode, null);
  await session.close();
}

async function refused(
  { socket }: Fixture,
  call: Promise<unknown>,
  code: number,
  text: string,
): Promise<void> {
  if (!socket) {
    const error = await rejection(call, ConnectError);
    return assertEquals(error.code, "UPGRADE_FAILED");
  }
  const error = await rejection(call, HandshakeError);
  assertEquals(error.httpStatus, code);
  assertStringIncludes(error.body, text);
  assertStringIncludes(error.message, text);
}
