// What the relay of examples/web_terminal/ checks before it connects.
import { assertEquals } from "@std/assert";
import { createClient } from "../../../mod.ts";
import {
  relay,
  type SessionRequest,
  type Subresource,
} from "../../../examples/web_terminal/relay.ts";
import { test } from "../../harness.ts";
import { withPodCluster } from "./servers.ts";

const ORIGIN = "https://ops.example";
const EXEC = "/relay/api/v1/namespaces/team/pods/web-0/exec";

/** What a relay answers, and what it was asked to allow. */
async function answerTo(
  path: string,
  headers: Record<string, string>,
  subresources?: readonly Subresource[],
): Promise<{ status: number; requests: readonly SessionRequest[] }> {
  const requests: SessionRequest[] = [];
  let status = 0;
  await withPodCluster(async (cluster) => {
    const client = await createClient(cluster.clientOptions());
    const request = new Request(`http://relay.test${path}`, { headers });
    const answer = await relay(request, {
      client,
      origins: [ORIGIN],
      ...(subresources && { subresources }),
      authorize(request, wish) {
        requests.push(wish);
        return Promise.resolve(request.headers.get("cookie") === "user=alice");
      },
    });
    status = answer.status;
    await client.close();
  });
  return { status, requests };
}

test("relay: authorize gets the request and its target", async () => {
  const path = `${EXEC}?command=rm&command=-rf&container=main`;
  const headers = { origin: ORIGIN, cookie: "user=mallory" };
  const { status, requests } = await answerTo(path, headers);
  assertEquals(status, 403);
  const [{ namespace, pod, subresource, query }] = requests as [SessionRequest];
  assertEquals([namespace, pod, subresource], ["team", "web-0", "exec"]);
  assertEquals(query.getAll("command"), ["rm", "-rf"]);
});

for (
  const [what, headers] of [
    ["another", { origin: "https://evil.example", cookie: "user=alice" }],
    ["no", { cookie: "user=alice" }],
  ] as const
) {
  test(`relay: a page of ${what} origin is refused before authorize is called`, async () => {
    const { status, requests } = await answerTo(EXEC, headers);
    assertEquals([status, requests], [403, []]);
  });
}

test("relay: it leads to exec and attach, and nowhere else", async () => {
  const headers = { origin: ORIGIN, cookie: "user=alice" };
  for (
    const path of [
      "/relay/api/v1/namespaces/team/secrets/one",
      "/relay/api/v1/namespaces/team/pods/web-0/portforward",
      "/relay/api/v1/namespaces/team/pods/..%2fsecrets/exec",
      "/relay/api/v1/namespaces/team/pods/web-0/exec/../../../secrets",
    ]
  ) {
    assertEquals((await answerTo(path, headers)).status, 404, path);
  }
});

test("relay: with port-forward alone, authorize gets the ports", async () => {
  const headers = { origin: ORIGIN, cookie: "user=mallory" };
  const path = EXEC.replace("exec", "portforward?ports=80&ports=22");
  const only = ["portforward"] as const;
  const { status, requests } = await answerTo(path, headers, only);
  assertEquals(status, 403);
  const [{ subresource, query }] = requests as [SessionRequest];
  assertEquals(subresource, "portforward");
  assertEquals(query.getAll("ports"), ["80", "22"]);
  assertEquals((await answerTo(EXEC, headers, only)).status, 404);
});

test("relay: a refusal by the API server is a 502", async () => {
  const headers = {
    origin: ORIGIN,
    cookie: "user=alice",
    "sec-websocket-protocol": "v5.channel.k8s.io",
  };
  assertEquals((await answerTo(EXEC, headers)).status, 502);
});
