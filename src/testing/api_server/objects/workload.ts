import type { LabelSelector } from "../../../client/kubernetes/mod.ts";
import { isRecord } from "../../../json.ts";
import { withoutNulls } from "./field_types.ts";
import { matchesSelector } from "./label_selector.ts";
import { fieldsOf, type StoredObject } from "./stored_object.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether an API server would accept the workload: it selects the pods of its
 * own template. Others are stored, for tests that need any object, without
 * defaults, and no controller acts on them.
 */
export function isCompleteWorkload(object: StoredObject): boolean {
  const { spec } = fieldsOf(object);
  if (!isRecord(spec) || !hasContainers(spec)) return false;
  const { metadata } = spec.template as Fields;
  const { labels } = isRecord(metadata) ? metadata : {};
  return isRecord(labels) &&
    matchesSelector(
      labels as Record<string, string>,
      spec.selector as LabelSelector,
    );
}

function hasContainers({ template }: Fields): boolean {
  return isRecord(template) && isRecord(template.spec) &&
    Array.isArray(template.spec.containers);
}

/** The fields that the API server sets in the spec of a complete workload. */
const DEFAULTS: Readonly<Record<string, Fields>> = {
  Deployment: {
    replicas: 1,
    strategy: {
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" },
    },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  },
  ReplicaSet: { replicas: 1 },
  StatefulSet: {
    replicas: 1,
    podManagementPolicy: "OrderedReady",
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
    revisionHistoryLimit: 10,
  },
  DaemonSet: {
    updateStrategy: {
      type: "RollingUpdate",
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    },
    revisionHistoryLimit: 10,
  },
  Job: {
    parallelism: 1,
    completionMode: "NonIndexed",
    backoffLimit: 6,
    suspend: false,
    podReplacementPolicy: "TerminatingOrFailed",
  },
};

const GROUPS = ["apps/v1", "batch/v1"];

/** Adds the defaults of a workload's spec, and the selector of a Job. */
export function withWorkloadDefaults<T extends StoredObject>(object: T): T {
  const { kind, apiVersion } = object;
  if (!GROUPS.includes(apiVersion) || !Object.hasOwn(DEFAULTS, kind)) {
    return object;
  }
  const { spec } = fieldsOf(object);
  if (!isRecord(spec) || !hasContainers(spec)) return object;
  const selected = kind === "Job"
    ? { ...object, spec: jobSpec(object, spec) }
    : object;
  if (!isCompleteWorkload(selected)) return object;
  const whole = withDefaultFields(
    fieldsOf(selected).spec as Fields,
    DEFAULTS[kind]!,
  );
  return { ...selected, spec: whole };
}

function withDefaultFields(given: Fields, defaults: Fields): Fields {
  const whole = withoutNulls(given);
  for (const [name, value] of Object.entries(defaults)) {
    const own = Object.hasOwn(whole, name) ? whole[name] : undefined;
    if (own === undefined) whole[name] = value;
    else if (isRecord(own) && isRecord(value)) {
      // Another strategy has other fields.
      const isOther = own.type !== undefined && own.type !== value.type;
      whole[name] = isOther ? own : withDefaultFields(own, value);
    }
  }
  return whole;
}

/** A Job that brings no selector gets labels of its own, and selects them. */
function jobSpec({ metadata }: StoredObject, given: Fields): Fields {
  const spec = withoutNulls(given);
  const { completions, parallelism, selector } = spec;
  const counts = completions === undefined && parallelism === undefined
    ? { completions: 1 }
    : {};
  if (isRecord(selector)) return { ...spec, ...counts };
  const { name, uid } = metadata;
  const template = spec.template as Fields;
  const own = isRecord(template.metadata) ? template.metadata : {};
  const labels = {
    ...own.labels as object,
    "batch.kubernetes.io/controller-uid": uid,
    "batch.kubernetes.io/job-name": name,
    "controller-uid": uid,
    "job-name": name,
  };
  return {
    ...spec,
    ...counts,
    selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
    template: { ...template, metadata: { ...own, labels } },
  };
}
