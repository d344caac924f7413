import { assertEquals } from "@std/assert";
import { Api, type Client, Deployment, Pod } from "../../../mod.ts";
import {
  resolveOne,
  type TargetCall,
} from "../../../src/api/targets/resolve.ts";
import { parseTarget } from "../../../src/api/targets/target.ts";
import { CommandError } from "../../../src/cli/command_line.ts";
import { oncePodsExist } from "../../../src/cli/owner_pods.ts";
import { toClusterClient } from "../../../src/client/cluster_client.ts";
import { TargetNotFoundError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";
import { rejection } from "../../support/async.ts";
import { workload } from "../testing/controllers/workloads.ts";
import { withMemory } from "../testing/with_memory.ts";

function callOf(client: Client, target: string): TargetCall {
  return {
    context: {
      client: toClusterClient(client, "exec"),
      resource: Pod,
      namespace: "default",
    },
    target: parseTarget(target, Pod, "exec in"),
    action: `exec in ${target}`,
    signal: new AbortController().signal,
  };
}

test("owner's pods: the first one is waited for", () =>
  withMemory(async (client) => {
    const deployments = new Api(Deployment, { client });
    const spec = { ...workload("web"), replicas: 0 };
    await deployments.create({ metadata: { name: "web" }, spec });
    const call = callOf(client, "deploy/web");
    let tries = 0;
    const found = await oncePodsExist(call, 10_000, async () => {
      if (++tries > 1) return await resolveOne(call, "session");
      try {
        return await resolveOne(call, "session");
      } finally {
        await deployments.patch("web", { spec: { replicas: 1 } });
      }
    });
    assertEquals([tries, found.pod.metadata.labels?.app], [2, "web"]);
  }));

test("owner's pods: they are waited for no longer than the timeout", () =>
  withMemory(async (client) => {
    const deployments = new Api(Deployment, { client });
    const spec = { ...workload("web"), replicas: 0 };
    await deployments.create({ metadata: { name: "web" }, spec });
    for (
      const [target, errorClass] of [
        ["deploy/web", CommandError],
        // What does not exist is not waited for.
        ["deploy/other", TargetNotFoundError],
        ["web-0", TargetNotFoundError],
      ] as const
    ) {
      const call = callOf(client, target);
      await rejection(
        oncePodsExist(call, 100, () => resolveOne(call, "session")),
        errorClass,
      );
    }
  }));
