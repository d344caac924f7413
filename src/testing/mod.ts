/**
 * Test doubles: {@linkcode startCluster} runs a Kubernetes API server in this
 * process, reached over real sockets, whose containers are local processes;
 * {@linkcode memoryTransport} is the same without sockets, and its commands are
 * functions.
 *
 * @module
 */

export type { Bytes } from "../bytes.ts";
export type { TerminalSize } from "../channel/resize.ts";
export type { ByteDuplex, DuplexReceiver } from "../transport/duplex.ts";
export type { Resource } from "../client/resource.ts";
export type { KubeObject } from "../client/kube_object.ts";
export type {
  ManagedFieldsEntry,
  ObjectMeta,
  OwnerReference,
} from "../client/kubernetes/meta_v1.ts";
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
} from "../transport/transport.ts";
export type { ClusterUser, ResourceAttributes } from "./api_server/access.ts";
export type {
  EndingFault,
  LogFault,
  PortForwardFault,
  RequestFault,
  SessionFault,
  WatchFault,
} from "./api_server/fault.ts";
export type {
  PemPair,
  ServerCertificateOptions,
} from "./certificates/certificates.ts";
export {
  type Cluster,
  type ClusterClientOptions,
  type ClusterOptions,
  startCluster,
} from "./cluster.ts";
export type {
  MemoryCommand,
  MemoryOutput,
  MemoryProcess,
} from "./memory/memory_process.ts";
export {
  type MemoryTransport,
  memoryTransport,
  type MemoryTransportOptions,
} from "./memory/memory_transport.ts";
export type { MemoryCommands } from "./memory/scripted_container.ts";
export type {
  PodConnection,
  PodPorts,
  PortHandler,
} from "./port_forward/pod_connection.ts";
