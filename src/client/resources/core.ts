import type { Condition, KubeObject } from "../kube_object.ts";
import { defineResource, type Resource } from "../resource.ts";

/** A name space for objects. */
export interface Namespace extends KubeObject {
  /** What is, as the server last saw it. */
  status?: { phase?: string; conditions?: Condition[] };
}

/** The resource of {@linkcode Namespace} objects. */
export const Namespace: Resource<Namespace> = defineResource<Namespace>({
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
});

/** A machine of the cluster. */
export interface Node extends KubeObject {
  /** What is wanted. */
  spec?: { unschedulable?: boolean; podCIDR?: string; providerID?: string };
  /** What is, as the server last saw it. */
  status?: {
    conditions?: Condition[];
    addresses?: { type: string; address: string }[];
    capacity?: Record<string, string>;
    allocatable?: Record<string, string>;
  };
}

/** The resource of {@linkcode Node} objects. */
export const Node: Resource<Node> = defineResource<Node>({
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
});

/** One address for a set of pods. */
export interface Service extends KubeObject {
  /** What is wanted. */
  spec: {
    selector?: Record<string, string>;
    ports?: ServicePort[];
    /** `"ClusterIP"` (the default), `"NodePort"`, `"LoadBalancer"` or `"ExternalName"`. */
    type?: string;
    clusterIP?: string;
    externalName?: string;
  };
  /** What is, as the server last saw it. */
  status?: {
    loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] };
  };
}

/** One port of a service. */
export interface ServicePort {
  /** The port of the service. */
  port: number;
  /** Its name; needed where there are several. */
  name?: string;
  /** `"TCP"` (the default), `"UDP"` or `"SCTP"`. */
  protocol?: string;
  /** The port of the pods, or its name; as `port` unless said. */
  targetPort?: number | string;
  /** The port of every node, for the types that have one. */
  nodePort?: number;
}

/** The resource of {@linkcode Service} objects. */
export const Service: Resource<Service> = core("Service", "services");

/** Configuration for pods. */
export interface ConfigMap extends KubeObject {
  /** Text by key. */
  data?: Record<string, string>;
  /** Base64. */
  binaryData?: Record<string, string>;
  /** Whether its contents can never change again. */
  immutable?: boolean;
}

/** The resource of {@linkcode ConfigMap} objects. */
export const ConfigMap: Resource<ConfigMap> = core("ConfigMap", "configmaps");

/** Secrets for pods. */
export interface Secret extends KubeObject {
  /** Base64. */
  data?: Record<string, string>;
  /** Plain text; the server moves it into `data`. */
  stringData?: Record<string, string>;
  /** What the keys are to be, for example `kubernetes.io/tls`; `Opaque` unless said. */
  type?: string;
  /** Whether its contents can never change again. */
  immutable?: boolean;
}

/** The resource of {@linkcode Secret} objects. */
export const Secret: Resource<Secret> = core("Secret", "secrets");

/** Who a pod is to the API server. */
export interface ServiceAccount extends KubeObject {
  /** Whether its pods get its token as a file; yes unless said. */
  automountServiceAccountToken?: boolean;
  /** Secrets to pull images with. */
  imagePullSecrets?: { name: string }[];
}

/** The resource of {@linkcode ServiceAccount} objects. */
export const ServiceAccount: Resource<ServiceAccount> = core(
  "ServiceAccount",
  "serviceaccounts",
);

/** A claim of storage. */
export interface PersistentVolumeClaim extends KubeObject {
  /** What is wanted. */
  spec: {
    accessModes?: string[];
    storageClassName?: string;
    volumeName?: string;
    resources?: { requests?: Record<string, string> };
  };
  /** What is, as the server last saw it. */
  status?: { phase?: string; capacity?: Record<string, string> };
}

/** The resource of {@linkcode PersistentVolumeClaim} objects. */
export const PersistentVolumeClaim: Resource<PersistentVolumeClaim> = core(
  "PersistentVolumeClaim",
  "persistentvolumeclaims",
);

function core<T extends KubeObject>(kind: string, plural: string): Resource<T> {
  return defineResource<T>({ version: "v1", kind, plural });
}
