/**
 * Fakes to test against: a whole cluster in this process, reached over real
 * sockets.
 *
 * @module
 */

export type { Access, ClusterUser } from "./api_server/access.ts";
export type { EndingFault } from "./api_server/fault.ts";
export type { PemPair, ServerCertificateOptions } from "./certificates.ts";
export {
  type Cluster,
  type ClusterClientOptions,
  type ClusterOptions,
  startCluster,
} from "./cluster.ts";
