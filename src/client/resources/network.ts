import type * as core from "../kubernetes/core_v1.ts";
import type * as discovery from "../kubernetes/discovery_v1.ts";
import type * as networking from "../kubernetes/networking_v1.ts";
import type { Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

/** One address for a set of pods. */
export type Service = core.Service;

/** The resource of {@linkcode Service} objects. */
export const Service: Resource<Service> & Namespaced = defineResource<Service>({
  version: "v1",
  kind: "Service",
  plural: "services",
});

/** The addresses behind a service. */
export type EndpointSlice = discovery.EndpointSlice;

/** The resource of {@linkcode EndpointSlice} objects. */
export const EndpointSlice: Resource<EndpointSlice> & Namespaced =
  defineResource<EndpointSlice>({
    group: "discovery.k8s.io",
    version: "v1",
    kind: "EndpointSlice",
    plural: "endpointslices",
  });

/** How HTTP reaches services from outside. */
export type Ingress = networking.Ingress;

/** The resource of {@linkcode Ingress} objects. */
export const Ingress: Resource<Ingress> & Namespaced = defineResource<Ingress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  plural: "ingresses",
});

/** Who may speak to pods, and to whom they may. */
export type NetworkPolicy = networking.NetworkPolicy;

/** The resource of {@linkcode NetworkPolicy} objects. */
export const NetworkPolicy: Resource<NetworkPolicy> & Namespaced =
  defineResource<NetworkPolicy>({
    group: "networking.k8s.io",
    version: "v1",
    kind: "NetworkPolicy",
    plural: "networkpolicies",
  });
