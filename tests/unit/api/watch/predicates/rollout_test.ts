// The table of kubectl's `rollout status`, from its sources
// (pkg/polymorphichelpers/rollout_status.go).
import { assertEquals, assertThrows } from "@std/assert";
import {
  type DaemonSet,
  type Deployment,
  isRolledOut,
  type StatefulSet,
} from "../../../../../mod.ts";
import { test } from "../../../../harness.ts";

type Workload = Deployment | StatefulSet | DaemonSet;

const workload = (kind: string, spec: object, status?: object) =>
  ({
    kind,
    metadata: { name: "web", generation: 2 },
    spec,
    status: status && { observedGeneration: 2, ...status },
  }) as unknown as Workload;

const deployment = (status?: object) =>
  workload("Deployment", { replicas: 3 }, status);
const statefulSet = (status?: object, spec: object = {}) =>
  workload("StatefulSet", {
    replicas: 3,
    updateStrategy: { type: "RollingUpdate" },
    ...spec,
  }, status);
const daemonSet = (status?: object, spec: object = {}) =>
  workload("DaemonSet", spec, status);

const UNSEEN = "its controller has not seen the latest spec yet";
const partition = (count: number) => ({
  updateStrategy: {
    type: "RollingUpdate",
    rollingUpdate: { partition: count },
  },
});
const progressing = (reason: string) => ({
  conditions: [{ type: "Progressing", status: "False", reason }],
});

const PENDING: readonly [Workload, string][] = [
  [deployment(), UNSEEN],
  [
    deployment({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    }),
    UNSEEN,
  ],
  [
    deployment({
      observedGeneration: 1,
      ...progressing("ProgressDeadlineExceeded"),
    }),
    UNSEEN,
  ],
  [deployment({}), "0 of 3 new replicas have been updated"],
  [
    deployment({ replicas: 4, updatedReplicas: 1, availableReplicas: 3 }),
    "1 of 3 new replicas have been updated",
  ],
  [
    deployment({ replicas: 5, updatedReplicas: 3, availableReplicas: 3 }),
    "2 old replicas are pending termination",
  ],
  [
    deployment({ replicas: 3, updatedReplicas: 3, availableReplicas: 2 }),
    "2 of 3 updated replicas are available",
  ],
  [statefulSet(), UNSEEN],
  [statefulSet({ observedGeneration: 0, readyReplicas: 3 }), UNSEEN],
  [statefulSet({ observedGeneration: 1, readyReplicas: 3 }), UNSEEN],
  [statefulSet({ readyReplicas: 2 }), "2 of 3 pods are ready"],
  [
    statefulSet({ readyReplicas: 3, updatedReplicas: 1 }, partition(1)),
    "1 of 2 new pods have been updated",
  ],
  [
    statefulSet({
      readyReplicas: 3,
      updatedReplicas: 1,
      updateRevision: "web-b",
      currentRevision: "web-a",
    }),
    "1 of 3 pods are at revision web-b",
  ],
  [daemonSet(), UNSEEN],
  [
    daemonSet({ desiredNumberScheduled: 2, updatedNumberScheduled: 1 }),
    "1 of 2 new pods have been updated",
  ],
  [
    daemonSet({
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 1,
    }),
    "1 of 2 updated pods are available",
  ],
];

for (const [object, message] of PENDING) {
  test(`isRolledOut: ${object.kind} ${JSON.stringify(object.status)}: ${message}`, () => {
    assertEquals(isRolledOut(object), false);
    assertEquals(isRolledOut.stateOf(object), { done: false, message });
  });
}

test("isRolledOut: what kubectl calls rolled out is", () => {
  for (
    const object of [
      deployment({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 }),
      statefulSet({
        readyReplicas: 3,
        updateRevision: "web-a",
        currentRevision: "web-a",
      }),
      statefulSet({ readyReplicas: 3, updatedReplicas: 2 }, partition(1)),
      // With `rollingUpdate` kubectl does not compare the revisions.
      statefulSet({
        readyReplicas: 3,
        updatedReplicas: 3,
        updateRevision: "web-b",
        currentRevision: "web-a",
      }, partition(0)),
      daemonSet({
        desiredNumberScheduled: 2,
        updatedNumberScheduled: 2,
        numberAvailable: 2,
      }),
      daemonSet({ desiredNumberScheduled: 0 }),
    ]
  ) assertEquals(isRolledOut(object), true, JSON.stringify(object));
  assertEquals(isRolledOut(undefined), false);
});

test("isRolledOut: an exceeded deadline and OnDelete are final", () => {
  const late = isRolledOut.stateOf(deployment({
    updatedReplicas: 1,
    conditions: [{
      type: "Progressing",
      status: "False",
      reason: "ProgressDeadlineExceeded",
      message: 'ReplicaSet "web-1" has timed out progressing.',
    }],
  }));
  assertEquals(late, {
    done: false,
    reason: "ProgressDeadlineExceeded",
    message: 'ReplicaSet "web-1" has timed out progressing.',
  });
  const updateStrategy = { type: "OnDelete" };
  const status = { readyReplicas: 3, desiredNumberScheduled: 0 };
  for (const make of [statefulSet, daemonSet]) {
    const { done, reason } = isRolledOut.stateOf(
      make(status, { updateStrategy }),
    );
    assertEquals([done, reason], [false, "OnDelete"]);
  }
});

test("isRolledOut: another kind is a TypeError", () => {
  assertThrows(
    () => isRolledOut({ kind: "Job" } as unknown as Deployment),
    TypeError,
    "Cannot tell whether a Job is rolled out",
  );
});
