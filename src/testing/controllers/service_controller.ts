import type { Service } from "../../client/resources.ts";
import type { ServicePort } from "../../client/kubernetes/mod.ts";
import {
  fieldsOf,
  type ObjectRecord,
  type StoredObject,
} from "../api_server/objects/stored_object.ts";
import { isPod, type PodRecord } from "../api_server/pod_record.ts";
import {
  type ControlledCluster,
  type Controller,
  objectOf,
} from "./controller.ts";
import { isPodReady } from "./pod_health.ts";

/** Keeps the EndpointSlice of a Service: the addresses of the pods it selects. */
export const serviceController: Controller = {
  kind: "Service",
  reconcile(record, cluster): void {
    const { metadata, spec } = objectOf<Service>(record);
    if (selectorOf(record) === null) return;
    const pods = cluster.list("Pod", metadata.namespace!)
      .filter(isPod)
      .filter(({ object }) => selectsPod(record, object))
      .filter(({ object }) => object.status.podIP !== undefined);
    const content = {
      addressType: "IPv4",
      endpoints: pods.map(endpointOf),
      ports: (spec?.ports ?? []).map((port) => endpointPort(port, pods)),
    };
    const [slice] = cluster.owned(record, "EndpointSlice");
    if (slice !== undefined) cluster.update(slice, content);
    else createSlice(record, content, cluster);
  },
};

/** Whether a Service selects a pod; never for another kind of object. */
export function selectsPod(
  service: ObjectRecord,
  { metadata }: StoredObject,
): boolean {
  if (service.resource.kind !== "Service") return false;
  if (service.object.metadata.namespace !== metadata.namespace) return false;
  const selector = selectorOf(service);
  return selector !== null &&
    selector.every(([key, value]) => metadata.labels?.[key] === value);
}

function selectorOf({ object }: ObjectRecord): [string, string][] | null {
  const { spec } = fieldsOf(object) as Partial<Service>;
  const entries = Object.entries(spec?.selector ?? {});
  return entries.length === 0 ? null : entries;
}

function createSlice(
  service: ObjectRecord,
  content: object,
  cluster: ControlledCluster,
): void {
  const { name, labels } = service.object.metadata;
  cluster.create(service, "EndpointSlice", {
    ...content,
    metadata: {
      generateName: `${name}-`,
      labels: {
        ...labels,
        "kubernetes.io/service-name": name,
        "endpointslice.kubernetes.io/managed-by":
          "endpointslice-controller.k8s.io",
      },
    },
  });
}

function endpointOf(pod: PodRecord): unknown {
  const { metadata, spec, status } = pod.object;
  const terminating = metadata.deletionTimestamp !== undefined;
  const serving = isPodReady(pod);
  return {
    addresses: [status.podIP],
    conditions: { ready: serving && !terminating, serving, terminating },
    nodeName: spec.nodeName,
    targetRef: {
      kind: "Pod",
      namespace: metadata.namespace,
      name: metadata.name,
      uid: metadata.uid,
    },
  };
}

interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
}

/** A named target port is that of the pods' containers. */
function endpointPort(
  { name = "", port, targetPort = port, protocol = "TCP" }: ServicePort,
  pods: readonly PodRecord[],
): unknown {
  const named = pods.flatMap(({ object }) => object.spec.containers)
    .flatMap((it) => (it as { ports?: ContainerPort[] }).ports ?? [])
    .find((it) => it.name === targetPort);
  const number = typeof targetPort === "number"
    ? targetPort
    : named?.containerPort;
  return { name, port: number, protocol };
}
