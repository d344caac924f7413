/**
 * Runs commands in Kubernetes pods and attaches to them, with a Web Stream for
 * each channel, and works with the cluster's objects and logs. Runs on Deno,
 * Bun, Node, browsers and Workers.
 *
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 *
 * const result = await pods.exec.run("web-0", { command: ["ls", "-la", "/"] });
 * console.log(result.exitCode, result.text());
 *
 * await client.close();
 * ```
 *
 * A live session has a stream for each channel:
 *
 * ```ts
 * import { Api, createClient, Pod } from "@podwire/podwire";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 *
 * const session = await pods.exec.stream("web-0", {
 *   command: ["sh"],
 *   stdin: true,
 * });
 * await session.write("echo hello; exit 3\n");
 * for await (const chunk of session.stdout) console.log(chunk.byteLength);
 * console.log(await session.exitCode);
 *
 * await client.close();
 * ```
 *
 * Objects can be created, changed and watched, and logs read:
 *
 * ```ts
 * import { Api, createClient, isRunning, Pod } from "@podwire/podwire";
 *
 * const client = await createClient();
 * const pods = new Api(Pod, { client, namespace: "default" });
 *
 * await pods.patch("web-0", { metadata: { labels: { app: "web" } } });
 * const pod = await pods.waitFor("web-0", isRunning);
 * console.log(pod.status.podIP);
 * console.log(await pods.logs.text("web-0", { tailLines: 10 }));
 *
 * await client.close();
 * ```
 *
 * The other entries of the package are loaded only if you import them:
 *
 * - `./files` copies files and directories into and out of containers;
 * - `./terminal` connects a session to the local terminal;
 * - `./cli` is the program, with kubectl's flags;
 * - `./relay` and `./xterm` make a terminal in a page;
 * - `./testing` is a cluster for tests, in this process;
 * - `./kubeconfig` reads kubeconfigs;
 * - `./kubernetes` has the types of all parts of objects, for example
 *   `ContainerStatus` and `Affinity`;
 * - `./deno`, `./bun`, `./node` and `./web` are the transports of the runtimes.
 *
 * @module
 */

export { createClient } from "./src/client/create_client.ts";
export type {
  ClientOptions,
  RetryOptions,
} from "./src/client/create_client.ts";
export type {
  Client,
  ClientRequest,
  ClientUpgrade,
} from "./src/client/client.ts";
export type { ClientEvent } from "./src/client/client_event.ts";
export type { KeepAliveOptions } from "./src/session/keep_alive.ts";

export { Api } from "./src/api/api.ts";
export type { ApiOptions } from "./src/api/api_options.ts";
export type {
  CallOptions,
  CollectionOptions,
  DeletionWaitOptions,
  GetOptions,
  ListAllOptions,
  ListOptions,
  OfScale,
  PartOfObject,
  WaitOptions,
  WatchOptions,
} from "./src/api/verbs/call_options.ts";
export type {
  ApplyOptions,
  CreateSubresourceOptions,
  DeleteCollectionOptions,
  DeleteOptions,
  JsonPatchOptions,
  MergePatchOptions,
  ReplaceOptions,
  WriteOptions,
} from "./src/api/verbs/write_options.ts";
export type { JsonPatchOperation, ObjectPatch } from "./src/api/verbs/patch.ts";
export type { PatchOptions } from "./src/api/verbs/writing.ts";
export type { EvictMethod } from "./src/api/verbs/eviction.ts";
export type {
  Scale,
  ScaleMethod,
  ScaleOptions,
} from "./src/api/verbs/scale.ts";
export type { WatchEvent } from "./src/api/watch/collection.ts";
export {
  hasCondition,
  isComplete,
  isReady,
} from "./src/api/watch/predicates/conditions.ts";
export { isRunning } from "./src/api/watch/predicates/pod_state.ts";
export { isRolledOut } from "./src/api/watch/predicates/rollout.ts";
export type {
  WaitPredicate,
  WaitState,
} from "./src/api/watch/predicates/predicate.ts";
export type { LogsAccessor } from "./src/api/logs/logs.ts";
export type { LogLinesOptions } from "./src/api/logs/log_lines.ts";
export type {
  AllLogsOptions,
  LogLine,
} from "./src/api/logs/all_logs_options.ts";
export type {
  ContainerFilter,
  LoggedContainer,
} from "./src/api/logs/logged_containers.ts";
export type { LogOptions } from "./src/request/log_options.ts";
export {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CronJob,
  CustomResourceDefinition,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Event,
  HorizontalPodAutoscaler,
  Ingress,
  Job,
  Lease,
  Namespace,
  NetworkPolicy,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  ReplicaSet,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
  StorageClass,
} from "./src/client/resources.ts";
export type {
  Container,
  ObjectMeta,
  PodSpec,
} from "./src/client/kubernetes/mod.ts";
export type {
  AnyObject,
  KubeObject,
  ObjectList,
  Stored,
} from "./src/client/kube_object.ts";
export { defineResource } from "./src/client/resource.ts";
export type {
  ObjectOf,
  Resource,
  ResourceDefinition,
} from "./src/client/resource.ts";
export type {
  ClusterScoped,
  HasAttach,
  HasEviction,
  HasExec,
  HasLogs,
  HasPortForward,
  HasScale,
  Namespaced,
  SubresourceNotAvailable,
} from "./src/client/resource.ts";

export type { Target } from "./src/target.ts";
export type { ExecAccessor } from "./src/api/exec.ts";
export type { AttachAccessor } from "./src/api/attach.ts";
export type { PortForwardAccessor } from "./src/api/port_forward/port_forward.ts";
export type { PortForwardOptions } from "./src/api/port_forward/forward_call.ts";
export type { PortFetchInit } from "./src/api/port_forward/fetch_options.ts";
export type {
  ListenOptions,
  PortListener,
} from "./src/api/port_forward/listen.ts";
export type { ForwardedConnection } from "./src/session/forwarded_connection.ts";
export type {
  DebugMethod,
  DebugOptions,
} from "./src/api/launch/debug_options.ts";
export type { DebugProfile } from "./src/api/launch/debug_profiles.ts";
export type {
  LaunchOptions,
  LaunchStreamOptions,
} from "./src/api/launch/container_options.ts";
export type {
  OneShotPodOptions,
  RunOnceMethod,
  RunOnceOptions,
  StreamOnceMethod,
  StreamOnceOptions,
} from "./src/api/launch/one_shot_options.ts";
export type { OneShotResult } from "./src/api/launch/one_shot_result.ts";
export type { LaunchedSession } from "./src/api/launch/launched_session.ts";
export { ExecFailedError, ExecResult } from "./src/api/exec_result.ts";
export type { ExecRunAllOptions, PodResult } from "./src/api/exec_run_all.ts";
export { groupByOutput, type OutputGroup } from "./src/api/group_by_output.ts";
export type {
  AttachSession,
  StreamSession,
} from "./src/session/stream_session.ts";
export type { CommandOptions } from "./src/request/command_options.ts";
export type {
  AttachStreamOptions,
  ExecRunOptions,
  ExecStreamOptions,
  StreamOptions,
  SubresourceOptions,
} from "./src/request/exec_options.ts";
export type { TerminalSize } from "./src/channel/resize.ts";
export type {
  ChannelProtocol,
  PortForwardProtocol,
} from "./src/channel/subprotocols.ts";

export type { Bytes, ByteStream } from "./src/bytes.ts";
export type {
  Status,
  StatusCause,
  StatusDetails,
  StatusReason,
} from "./src/status.ts";
export {
  ApiError,
  BufferOverflowError,
  CallTimeoutError,
  ConfigurationError,
  ConnectError,
  ConnectionLostError,
  FileTransferError,
  HalfCloseUnsupportedError,
  HandshakeError,
  LogNotAvailableError,
  PodwireError,
  PortForwardError,
  ProtocolError,
  SessionEndedError,
  ShellNotFoundError,
  StdinError,
  SubresourceNotAvailableError,
  TargetNotFoundError,
  WaitFailedError,
} from "./src/errors.ts";
export type {
  ConnectErrorCode,
  FileTransferReason,
  LogNotAvailableReason,
  PartialResult,
  PortForwardReason,
} from "./src/errors.ts";
export type { ByteDuplex, DuplexReceiver } from "./src/transport/duplex.ts";
export type {
  CloseInfo,
  Connection,
  ConnectionReceiver,
  HttpRequest,
  HttpResponse,
  RequestHeaders,
  TlsOptions,
  Transport,
  TransportCapabilities,
  TransportTarget,
  UpgradeRequest,
} from "./src/transport/transport.ts";
