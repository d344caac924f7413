// kubectl's own port-forward, on both kinds of our servers.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { pattern, sameBytes } from "../support/bytes.ts";
import { closedPort, startByteServer } from "../support/byte_server.ts";
import {
  type ForwardingProgram,
  withForwardingProgram,
} from "../support/forwarding_program.ts";
import { answerWithSum, exchangeBytes, sumOf } from "../support/tcp_peers.ts";
import { crossCheck } from "../unit/testing/with_kubectl.ts";
import { type Fixture, testCase } from "./fixture.ts";
import { withKubeconfigFile } from "./kubeconfig_file.ts";

const options = {
  ...crossCheck,
  transports: ["socket"],
  timeout: 60_000,
} as const;

/** Runs `body` while kubectl forwards a free port to one of a pod. */
async function withForwarder(
  fixture: Fixture,
  [pod, port]: readonly [string, number],
  body: (port: number, kubectl: ForwardingProgram) => Promise<void>,
): Promise<void> {
  const command = ["kubectl", "port-forward", `pod/${pod}`, `:${port}`];
  await withKubeconfigFile(
    fixture,
    (env) =>
      withForwardingProgram(command, env, async (kubectl) => {
        await body(await kubectl.localPort(), kubectl);
      }),
  );
}

testCase("kubectl port-forward: the same bytes both ways", async (fixture) => {
  const download = pattern(3_000_000);
  const upload = pattern(2_000_000, 2);
  let sums: string[] = [];
  const peer = await startByteServer((socket) => {
    answerWithSum(socket, download).then((sum) => sums.push(sum));
  }, { allowHalfOpen: true });
  try {
    const name = await fixture.pod({ halfCloses: true });
    await withForwarder(fixture, [name, peer.port], async (port) => {
      assert(sameBytes(await exchangeBytes(port, upload), download));
      assertEquals(sums, [await sumOf(upload)]);
      sums = [];
      const requests = Array.from({ length: 8 }, (_, at) => pattern(100, at));
      const answers = await Promise.all(
        requests.map((request) => exchangeBytes(port, request)),
      );
      for (const answer of answers) assert(sameBytes(answer, download));
      const expected = await Promise.all(requests.map(sumOf));
      assertEquals(sums.sort(), expected.sort());
    });
  } finally {
    await peer.close();
  }
}, { ...options, needs: ["half-open ports"] });

testCase("kubectl port-forward: a refused port", async (fixture) => {
  const refusing = await closedPort();
  const name = await fixture.pod();
  await withForwarder(fixture, [name, refusing], async (port, kubectl) => {
    await exchangeBytes(port, pattern(10)).catch(() => {});
    const { input: stderr } = await kubectl.said(
      "stderr",
      /connection refused/,
    );
    assertStringIncludes(stderr, `error forwarding port ${refusing} to pod`);
    assertStringIncludes(stderr, `dial tcp4 127.0.0.1:${refusing}: connect`);
  });
}, options);
