/**
 * What a call for a pod addresses: a pod's name, an object that has pods as
 * kubectl writes it (`deployment/web`, `svc/web`), or a selector.
 *
 * A call for one pod takes the one that kubectl would take, and chooses anew
 * each time. A pod's name (`web-0`, `pod/web-0`) costs no further request;
 * `deployment/web` needs the rights to get the Deployment and to list pods, a
 * selector the right to list pods.
 *
 * The kinds are `pod`, `deployment`, `replicaset`, `statefulset`, `daemonset`,
 * `job`, `service` and `replicationcontroller`, also in the plural, by their
 * short names (`po`, `deploy`, `rs`, `sts`, `ds`, `svc`, `rc`), and with their
 * group (`deployments.apps`).
 *
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 * await pods.exec.run("service/web", { command: ["hostname"] });
 * await pods.logs.text({ labelSelector: "app=web" });
 * await client.close();
 * ```
 */
export type Target = string | {
  /** For example `app=web,tier!=cache`. */
  readonly labelSelector: string;
  /** For example `spec.nodeName=node-1`. */
  readonly fieldSelector?: string;
};
