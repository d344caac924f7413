import type * as core from "../kubernetes/core_v1.ts";
import type * as rbac from "../kubernetes/rbac_v1.ts";
import type { ClusterScoped, Namespaced } from "../markers.ts";
import { defineResource, type Resource } from "../resource.ts";

/** Who a pod is to the API server. */
export type ServiceAccount = core.ServiceAccount;

/** The resource of {@linkcode ServiceAccount} objects. */
export const ServiceAccount: Resource<ServiceAccount> & Namespaced =
  defineResource<ServiceAccount>({
    version: "v1",
    kind: "ServiceAccount",
    plural: "serviceaccounts",
  });

/** Rights in a namespace. */
export type Role = rbac.Role;

/** The resource of {@linkcode Role} objects. */
export const Role: Resource<Role> & Namespaced = defineResource<Role>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
});

/** Who has the rights of a role, in a namespace. */
export type RoleBinding = rbac.RoleBinding;

/** The resource of {@linkcode RoleBinding} objects. */
export const RoleBinding: Resource<RoleBinding> & Namespaced = defineResource<
  RoleBinding
>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
});

/** Rights in the whole cluster, or for bindings in any namespace. */
export type ClusterRole = rbac.ClusterRole;

/** The resource of {@linkcode ClusterRole} objects. */
export const ClusterRole: Resource<ClusterRole> & ClusterScoped =
  defineResource<ClusterRole>({
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind: "ClusterRole",
    plural: "clusterroles",
    namespaced: false,
  });

/** Who has the rights of a cluster role, everywhere. */
export type ClusterRoleBinding = rbac.ClusterRoleBinding;

/** The resource of {@linkcode ClusterRoleBinding} objects. */
export const ClusterRoleBinding: Resource<ClusterRoleBinding> & ClusterScoped =
  defineResource<ClusterRoleBinding>({
    group: "rbac.authorization.k8s.io",
    version: "v1",
    kind: "ClusterRoleBinding",
    plural: "clusterrolebindings",
    namespaced: false,
  });
