import type { RelaySubresource } from "./relay_call.ts";
import type { RefusalReason } from "./upgrade_check.ts";

/**
 * Why a relayed session ended: the page or the cluster closed it or was lost
 * (`PageLeft`, `ClusterEnded`), a message was longer than `maxMessageSize`
 * (`MessageTooLong`), nothing was sent for `idleTimeout` (`Idle`), the grant's
 * signal aborted (`Revoked`), or the relay was closed (`Closed`).
 */
export type RelayEndReason =
  | "PageLeft"
  | "ClusterEnded"
  | "MessageTooLong"
  | "Idle"
  | "Revoked"
  | "Closed";

/**
 * What a relay does, told to its listener `onEvent`. A request is refused, or a
 * session opens and ends. No event has a secret: no header, and no command.
 */
export type RelayEvent =
  & {
    /** The request, counted from 1. */
    readonly id: number;
    /** The user that `authorize` named; null before, and without one. */
    readonly user: string | null;
    /** Where it leads, once that is known to be something that a relay has. */
    readonly target: RelayTarget | null;
  }
  & (
    | {
      /** A request was refused. */
      readonly type: "refused";
      /** The status of the answer. */
      readonly httpStatus: number;
      /** Why. */
      readonly reason: RefusalReason;
      /** The cluster's refusal, or the error of `authorize`; else null. */
      readonly error: unknown;
    }
    | {
      /** A page and a pod are connected. */
      readonly type: "open";
      /** The subprotocol. */
      readonly protocol: string;
    }
    | {
      /** The session is over, and its connections are released. */
      readonly type: "end";
      /** Why. */
      readonly reason: RelayEndReason;
      /** The close code of the side that ended it; null if the relay did. */
      readonly closeCode: number | null;
      /** The cause of a connection that broke; null without one. */
      readonly error: unknown;
      /** Milliseconds since it opened. */
      readonly duration: number;
      /** Bytes of the page's messages. */
      readonly bytesFromPage: number;
      /** Bytes of the cluster's messages. */
      readonly bytesFromCluster: number;
    }
  );

/** Where a session leads. */
export interface RelayTarget {
  /** The kind of session. */
  readonly subresource: RelaySubresource;
  /** The pod's namespace. */
  readonly namespace: string;
  /** The pod's name. */
  readonly pod: string;
  /** The container; null: the pod's default. */
  readonly container: string | null;
}
