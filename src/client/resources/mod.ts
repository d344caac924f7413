/**
 * The common resources; each name is the resource (a value) and what its
 * objects look like (a type).
 *
 * @module
 */

export * from "./core.ts";
export * from "./jobs.ts";
export * from "./pod.ts";
export * from "./workloads.ts";
