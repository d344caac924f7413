/**
 * The common resources; each name is the resource (a value) and what its
 * objects look like (a type).
 *
 * @module
 */

export * from "./access.ts";
export * from "./cluster.ts";
export * from "./configuration.ts";
export * from "./jobs.ts";
export * from "./network.ts";
export * from "./pod.ts";
export * from "./storage.ts";
export * from "./workloads.ts";
