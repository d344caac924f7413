import { assertEquals, assertThrows } from "@std/assert";
import {
  hasCondition,
  isComplete,
  isReady,
  isRolledOut,
  isRunning,
  type Job,
  type KubeObject,
  type Pod,
} from "../../../../../mod.ts";
import { test } from "../../../../harness.ts";

const object = (conditions: unknown, rest: object = {}): KubeObject =>
  ({
    kind: "Widget",
    metadata: { generation: 2 },
    status: { conditions },
    ...rest,
  }) as KubeObject;

const condition = (type: string, status: string, rest: object = {}) => ({
  type,
  status,
  ...rest,
});

test("hasCondition: by type and status, in any case, as kubectl", () => {
  const green = object([condition("Green", "True"), condition("Red", "False")]);
  assertEquals(hasCondition("Green")(green), true);
  assertEquals(hasCondition("green", "true")(green), true);
  assertEquals(hasCondition("Red")(green), false);
  assertEquals(hasCondition("Red", "False")(green), true);
  assertEquals(hasCondition("Blue")(green), false);
  assertEquals(hasCondition("Green")(undefined), false);
});

test("hasCondition: an older generation does not count, the condition's or the status's", () => {
  const isGreen = hasCondition("Green");
  const at = (observedGeneration: number) =>
    object([condition("Green", "True", { observedGeneration })]);
  assertEquals([isGreen(at(1)), isGreen(at(2)), isGreen(at(3))], [
    false,
    true,
    true,
  ]);
  const conditions = [condition("Green", "True")];
  const status = (observedGeneration: number) =>
    object([], { status: { observedGeneration, conditions } });
  assertEquals([isGreen(status(1)), isGreen(status(2))], [false, true]);
  // The condition's own generation comes first.
  const both = object([], {
    status: {
      observedGeneration: 1,
      conditions: [condition("Green", "True", { observedGeneration: 2 })],
    },
  });
  assertEquals(isGreen(both), true);
  assertEquals(
    isGreen.stateOf(at(1)).message,
    "Green was observed for generation 1, not yet for 2",
  );
});

test("hasCondition: it says what the condition is", () => {
  const { stateOf } = hasCondition("Green");
  const red = condition("Green", "False", { reason: "Burnt", message: "ouch" });
  assertEquals(stateOf(undefined).message, "it does not exist");
  assertEquals(stateOf(object([])).message, "it has no condition Green");
  assertEquals(stateOf(object([red])).message, "Green is False (Burnt: ouch)");
});

test("hasCondition: a status that is none of ours is not wanted", () => {
  const isGreen = hasCondition("Green");
  for (
    const strange of [null, "True", [null], ["Green"], [{}], [{ type: 1 }], [{
      type: "Green",
    }]]
  ) assertEquals(isGreen(object(strange)), false, JSON.stringify(strange));
  assertEquals(isGreen({}), false);
  assertEquals(isGreen({ status: 1 } as KubeObject), false);
});

test("hasCondition: an empty name is a TypeError", () => {
  for (const [type, status] of [["", "True"], ["Green", ""], [1, "True"]]) {
    assertThrows(
      () => hasCondition(type as string, status as string),
      TypeError,
      "Cannot wait for a condition",
    );
  }
});

const pod = (status: object): Pod =>
  ({ kind: "Pod", spec: { containers: [{ name: "main" }] }, status }) as Pod;

const waiting = (reason: string, message?: string) =>
  pod({
    phase: "Pending",
    conditions: [condition("Ready", "False")],
    containerStatuses: [{
      name: "main",
      ready: false,
      state: { waiting: { reason, message } },
    }],
  });

test("isReady: a pod that has ended or cannot start is final", () => {
  for (
    const reason of [
      "ErrImagePull",
      "ImagePullBackOff",
      "ErrImageNeverPull",
      "InvalidImageName",
      "CreateContainerConfigError",
    ]
  ) {
    assertEquals(isReady.stateOf(waiting(reason, "it is so")), {
      done: false,
      reason,
      message: `container "main": ${reason}: it is so`,
    });
  }
  for (const reason of ["ContainerCreating", "CrashLoopBackOff"]) {
    assertEquals(isReady.stateOf(waiting(reason)).reason, undefined);
  }
  assertEquals(
    isReady.stateOf(pod({ phase: "Succeeded" })).reason,
    "Succeeded",
  );
  const failed = pod({
    phase: "Failed",
    containerStatuses: [{
      name: "main",
      state: { terminated: { exitCode: 3, reason: "Error" } },
    }],
  });
  assertEquals(isReady.stateOf(failed), {
    done: false,
    reason: "Failed",
    message: 'the pod has failed: container "main": exit code 3 (Error)',
  });
  const evicted = pod({
    phase: "Failed",
    reason: "Evicted",
    message: "The node was low on resource: memory.",
  });
  assertEquals(isReady.stateOf(evicted), {
    done: false,
    reason: "Evicted",
    message: "the pod has failed: The node was low on resource: memory.",
  });
});

test("isReady: it says what a pod waits for", () => {
  assertEquals(
    isReady.stateOf(waiting("ContainerCreating")).message,
    'the pod is Pending; container "main": ContainerCreating',
  );
  const unscheduled = pod({
    phase: "Pending",
    conditions: [
      condition("PodScheduled", "False", {
        reason: "Unschedulable",
        message: "0/1 nodes are available",
      }),
    ],
  });
  assertEquals(
    isReady.stateOf(unscheduled).message,
    "the pod is Pending: Unschedulable: 0/1 nodes are available",
  );
});

test("isReady: a Node, and any other with the condition", () => {
  const ready = object([condition("Ready", "True")], { kind: "Node" });
  assertEquals(isReady(ready), true);
  assertEquals(
    isReady(pod({ conditions: [condition("Ready", "True")] })),
    true,
  );
});

test("isComplete: complete, failed or on the way", () => {
  const job = (status?: object, spec: object = { completions: 3 }): Job =>
    ({ kind: "Job", metadata: {}, spec, status }) as unknown as Job;
  const done = (...conditions: object[]) => job({ conditions });
  assertEquals(isComplete(done(condition("Complete", "True"))), true);
  assertEquals(
    isComplete(done(condition("SuccessCriteriaMet", "True"))),
    false,
  );
  assertEquals(
    isComplete.stateOf(done(
      condition("FailureTarget", "True", { reason: "X" }),
    )).reason,
    undefined,
  );
  assertEquals(
    isComplete.stateOf(done(condition("Failed", "True", {
      reason: "DeadlineExceeded",
      message: "Job was active longer than specified deadline",
    }))),
    {
      done: false,
      reason: "DeadlineExceeded",
      message: "Job was active longer than specified deadline",
    },
  );
  assertEquals(
    isComplete.stateOf(job({ active: 1, succeeded: 1, failed: 2 })).message,
    "1 of 3 pods have succeeded, 1 active, 2 failed",
  );
  assertEquals(
    isComplete.stateOf(job(undefined, { suspend: true })).message,
    "it is suspended",
  );
});

test("isComplete, isRunning: another kind is a TypeError", () => {
  const [pod, job] = [{ kind: "Pod" }, { kind: "Job" }] as const;
  assertThrows(
    () => isComplete(pod as unknown as Job),
    TypeError,
    "Cannot tell whether a Pod is complete: it is no Job",
  );
  assertThrows(
    () => isRunning(job as unknown as Pod),
    TypeError,
    "Cannot tell whether a Job is running: it is no Pod",
  );
});

test("every predicate has its name, also in minified code", () => {
  const names = [isReady, isRunning, isComplete, isRolledOut]
    .map(({ name }) => name);
  assertEquals(names, ["isReady", "isRunning", "isComplete", "isRolledOut"]);
  assertEquals(hasCondition("Green").name, 'hasCondition("Green")');
});
