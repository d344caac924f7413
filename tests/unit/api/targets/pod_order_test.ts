import { assertEquals } from "@std/assert";
import type { Pod } from "../../../../mod.ts";
import {
  type Purpose,
  sortPods,
} from "../../../../src/api/targets/pod_order.ts";
import { test } from "../../../harness.ts";

interface Facts {
  readonly node?: string;
  readonly phase?: string;
  /** When it became ready; null: it is ready, nobody knows since when. */
  readonly ready?: string | null;
  readonly restarts?: number[];
  readonly created?: string;
}

/** A pod on a node that runs, is not ready and was created in 2025. */
function pod(name: string, facts: Facts = {}): Pod {
  const { node = "node", phase = "Running", ready, restarts = [] } = facts;
  const isReady = ready !== undefined;
  return {
    metadata: {
      name,
      creationTimestamp: "created" in facts
        ? facts.created
        : "2025-01-01T00:00:00Z",
    },
    spec: { nodeName: node, containers: [] },
    status: {
      phase,
      conditions: [{
        type: "Ready",
        status: isReady ? "True" : "False",
        lastTransitionTime: ready ?? undefined,
      }],
      containerStatuses: restarts.map((restartCount) => ({ restartCount })),
    },
  } as unknown as Pod;
}

/** Every order of these pods is sorted into the given one. */
function assertOrder(purpose: Purpose, ...pods: Pod[]): void {
  const names = (list: Pod[]) => list.map(({ metadata }) => metadata?.name);
  for (let turn = 0; turn < pods.length; turn++) {
    const given = [...pods.slice(turn), ...pods.slice(0, turn)];
    assertEquals(names(sortPods(given, purpose)), names(pods));
    assertEquals(names(sortPods(given.reverse(), purpose)), names(pods));
  }
}

const BOTH = ["session", "log"] as const;

test("order of pods: on a node, phase, ready, ready for long, oldest", () => {
  for (const purpose of BOTH) {
    assertOrder(
      purpose,
      pod("longest ready", { ready: "2025-01-01T00:00:01Z" }),
      pod("ready", { ready: "2025-01-01T00:00:05Z" }),
      pod("unknown since when", { ready: null }),
      pod("old", { created: "2024-01-01T00:00:00Z" }),
      pod("new"),
      pod("of unknown age", { created: undefined }),
      pod("unknown", { phase: "Unknown" }),
      pod("pending", { phase: "Pending", ready: "2020-01-01T00:00:00Z" }),
      pod("unassigned", { node: "", ready: "2020-01-01T00:00:00Z" }),
    );
  }
});

test("order of pods: a session prefers few restarts, a log many", () => {
  const calm = pod("calm", { restarts: [1, 0] });
  const restless = pod("restless", { restarts: [0, 7] });
  assertOrder("session", calm, restless);
  assertOrder("log", restless, calm);
});

test("order of pods: a completed one is last for a session, first for a log", () => {
  const completed = pod("done", { phase: "Succeeded", ready: null });
  const running = pod("running");
  const pending = pod("pending", { phase: "Pending" });
  assertOrder("session", running, completed, pending);
  assertOrder("log", completed, running, pending);
});
