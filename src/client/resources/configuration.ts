import type * as core from "../kubernetes/core_v1.ts";
import type { Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

/** Configuration for pods. */
export type ConfigMap = core.ConfigMap;

/** The resource of {@linkcode ConfigMap} objects. */
export const ConfigMap: Resource<ConfigMap> & Namespaced = defineResource<
  ConfigMap
>({
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
});

/** Secrets for pods. */
export type Secret = core.Secret;

/** The resource of {@linkcode Secret} objects. */
export const Secret: Resource<Secret> & Namespaced = defineResource<Secret>({
  version: "v1",
  kind: "Secret",
  plural: "secrets",
});
