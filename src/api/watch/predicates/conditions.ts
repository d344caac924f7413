import type { KubeObject } from "../../../client/kube_object.ts";
import type { Job, Pod } from "../../../client/resources.ts";
import { isRecord } from "../../../json.ts";
import { podFailure, podMessage } from "./pod_state.ts";
import {
  checkKind,
  countOf,
  DONE,
  fieldsOf,
  impossible,
  joined,
  partsOf,
  pending,
  predicateOf,
  type WaitPredicate,
  type WaitState,
} from "./predicate.ts";

/** A condition of `status.conditions`, of any kind of object. */
interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/**
 * Creates a predicate for `waitFor`: whether the object's `status.conditions`
 * has a condition with this status. As in kubectl, upper and lower case are the
 * same, and a condition that was observed for an older generation of the object
 * does not count.
 *
 * @param type For example `Available`.
 * @param status `True` by default; or `False` or `Unknown`.
 * @throws {TypeError} The type or the status is not a text, or is empty.
 */
export function hasCondition(
  type: string,
  status: string = "True",
): WaitPredicate<KubeObject> {
  for (const word of [type, status]) {
    if (typeof word === "string" && word !== "") continue;
    throw new TypeError(
      `Cannot wait for a condition: ${JSON.stringify(word)} is not a name`,
    );
  }
  return predicateOf(
    `hasCondition(${JSON.stringify(type)})`,
    (object) => conditionState(object, type, status),
  );
}

/**
 * Whether the object, a Pod or a Node or any other with a condition `Ready`, is
 * ready, for `pods.waitFor(name, isReady)`. A pod that has ended, or whose image
 * cannot be had, fails the wait at once.
 */
export const isReady: WaitPredicate<KubeObject> = predicateOf(
  "isReady",
  (object) => {
    const state = conditionState(object, "Ready", "True");
    if (state.done || object.kind !== "Pod") return state;
    return podFailure(object as Pod) ?? pending(podMessage(object as Pod));
  },
);

/**
 * Whether a Job has completed, for `jobs.waitFor(name, isComplete)`. A Job that
 * has failed fails the wait at once.
 */
export const isComplete: WaitPredicate<Job> = predicateOf(
  "isComplete",
  (job) => {
    checkKind(job, "Job", "complete");
    if (conditionState(job, "Complete", "True").done) return DONE;
    const { spec, status } = job;
    const failed = find(job, "Failed");
    if (failed?.status === "True") {
      const reason = joined("", failed.reason) || "Failed";
      const message = joined("", failed.message) || "the Job has failed";
      return impossible(reason, message);
    }
    const { active, succeeded, failed: failures } = fieldsOf(status);
    const { completions = 1, suspend } = fieldsOf(spec);
    const counts = [
      `${countOf(succeeded)} of ${completions} pods have succeeded`,
      `${countOf(active)} active`,
      `${countOf(failures)} failed`,
    ];
    return pending(suspend ? "it is suspended" : counts.join(", "));
  },
);

function conditionState(
  object: KubeObject,
  type: string,
  status: string,
): WaitState {
  const condition = find(object, type);
  if (condition === undefined) {
    return pending(`it has no condition ${type}`);
  }
  const generation = object.metadata?.generation;
  const observed = observedGeneration(condition) ??
    observedGeneration(statusOf(object));
  if (generation !== undefined && observed !== undefined) {
    if (observed < generation) {
      return pending(
        `${condition.type} was observed for generation ${observed}, ` +
          `not yet for ${generation}`,
      );
    }
  }
  if (isSameWord(condition.status, status)) return DONE;
  const { reason, message } = condition;
  const why = joined(": ", reason, message);
  return pending(
    `${condition.type} is ${condition.status}${why && ` (${why})`}`,
  );
}

function find(object: KubeObject, type: string): Condition | undefined {
  const { conditions } = statusOf(object);
  return partsOf(conditions as readonly Condition[]).find((condition) =>
    typeof condition.type === "string" && isSameWord(condition.type, type)
  );
}

function statusOf(object: KubeObject): Readonly<Record<string, unknown>> {
  const { status } = object as { readonly status?: unknown };
  return isRecord(status) ? status : {};
}

function observedGeneration(value: object): number | undefined {
  const { observedGeneration: observed } = value as {
    readonly observedGeneration?: unknown;
  };
  return typeof observed === "number" ? observed : undefined;
}

function isSameWord(a: string, b: string): boolean {
  return String(a).toLowerCase() === b.toLowerCase();
}
