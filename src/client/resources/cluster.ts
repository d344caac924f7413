import type * as apiextensions from "../kubernetes/apiextensions_v1.ts";
import type * as coordination from "../kubernetes/coordination_v1.ts";
import type * as core from "../kubernetes/core_v1.ts";
import type { ClusterScoped, Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

/** A name space for objects. */
export type Namespace = core.Namespace;

/** The resource of {@linkcode Namespace} objects. */
export const Namespace: Resource<Namespace> & ClusterScoped = defineResource<
  Namespace
>({
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  namespaced: false,
});

/** A machine of the cluster. */
export type Node = core.Node;

/** The resource of {@linkcode Node} objects. */
export const Node: Resource<Node> & ClusterScoped = defineResource<Node>({
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
});

/** What happened to an object, for people to read. */
export type Event = core.Event;

/** The resource of {@linkcode Event} objects. */
export const Event: Resource<Event> & Namespaced = defineResource<Event>({
  version: "v1",
  kind: "Event",
  plural: "events",
});

/** Who holds something, and until when. */
export type Lease = coordination.Lease;

/** The resource of {@linkcode Lease} objects. */
export const Lease: Resource<Lease> & Namespaced = defineResource<Lease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
});

/** A kind of object that the cluster was taught. */
export type CustomResourceDefinition = apiextensions.CustomResourceDefinition;

/** The resource of {@linkcode CustomResourceDefinition} objects. */
export const CustomResourceDefinition:
  & Resource<CustomResourceDefinition>
  & ClusterScoped = defineResource<CustomResourceDefinition>({
    group: "apiextensions.k8s.io",
    version: "v1",
    kind: "CustomResourceDefinition",
    plural: "customresourcedefinitions",
    namespaced: false,
  });
