import type * as core from "../kubernetes/core_v1.ts";
import type * as storage from "../kubernetes/storage_v1.ts";
import type { ClusterScoped, Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

/** A claim of storage. */
export type PersistentVolumeClaim = core.PersistentVolumeClaim;

/** The resource of {@linkcode PersistentVolumeClaim} objects. */
export const PersistentVolumeClaim:
  & Resource<PersistentVolumeClaim>
  & Namespaced = defineResource<PersistentVolumeClaim>({
    version: "v1",
    kind: "PersistentVolumeClaim",
    plural: "persistentvolumeclaims",
  });

/** A piece of storage. */
export type PersistentVolume = core.PersistentVolume;

/** The resource of {@linkcode PersistentVolume} objects. */
export const PersistentVolume: Resource<PersistentVolume> & ClusterScoped =
  defineResource<PersistentVolume>({
    version: "v1",
    kind: "PersistentVolume",
    plural: "persistentvolumes",
    namespaced: false,
  });

/** A way to come by storage. */
export type StorageClass = storage.StorageClass;

/** The resource of {@linkcode StorageClass} objects. */
export const StorageClass: Resource<StorageClass> & ClusterScoped =
  defineResource<StorageClass>({
    group: "storage.k8s.io",
    version: "v1",
    kind: "StorageClass",
    plural: "storageclasses",
    namespaced: false,
  });
