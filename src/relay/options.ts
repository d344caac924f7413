import type { Client } from "../client/client.ts";
import { checkOptions, type OptionNames } from "../options.ts";
import type { RelayAuthorize } from "./grant.ts";
import type { RelaySubresource } from "./relay_call.ts";
import type { RelayEvent } from "./relay_event.ts";

/** Options of `createRelay`. */
export interface RelayOptions {
  /** Reaches the cluster, with credentials that stay here. */
  readonly client: Client;
  /**
   * The origins of the pages that may connect, for example
   * `["https://ops.example"]`. Others are refused, as are programs that send no
   * `Origin`.
   */
  readonly origins: readonly string[];
  /** Decides on each request. An exception refuses it. */
  readonly authorize: RelayAuthorize;
  /**
   * What the relay leads to.
   *
   * @default {["exec", "attach"]}
   */
  readonly subresources?: readonly RelaySubresource[];
  /**
   * Where the relay is: pages use it as `createClient({ server: "/relay" })`.
   *
   * @default {"/relay"}
   */
  readonly path?: string;
  /**
   * How many pages may be connected, or connecting, at a time.
   *
   * @default {1000}
   */
  readonly maxConnections?: number;
  /**
   * How many of them a user may have that `authorize` names.
   *
   * @default {20}
   */
  readonly maxConnectionsPerUser?: number;
  /**
   * The longest message in bytes, in either direction. podwire's have at most
   * 32 KiB and a byte.
   *
   * @default {1_048_576}
   */
  readonly maxMessageSize?: number;
  /**
   * Milliseconds without data in either direction until a session is ended; null
   * for none. Keep-alive messages are no data.
   *
   * @default {3_600_000}
   */
  readonly idleTimeout?: number | null;
  /**
   * Milliseconds for a request to become a session: `authorize`, the cluster's
   * answer, the page's end of the handshake.
   *
   * @default {30_000}
   */
  readonly handshakeTimeout?: number;
  /** Told what happens. What it throws is reported as uncaught. */
  readonly onEvent?: (event: RelayEvent) => void;
}

const NAMES: OptionNames<RelayOptions> = {
  client: true,
  origins: true,
  authorize: true,
  subresources: true,
  path: true,
  maxConnections: true,
  maxConnectionsPerUser: true,
  maxMessageSize: true,
  idleTimeout: true,
  handshakeTimeout: true,
  onEvent: true,
};

/** The options, complete. */
export type RelaySettings = Required<RelayOptions>;

const SUBRESOURCES: readonly unknown[] = ["exec", "attach", "portforward"];

/**
 * Checks the options, and adds the defaults.
 *
 * @throws {TypeError | RangeError} If one cannot be used.
 */
export function relaySettings(options: RelayOptions): RelaySettings {
  checkOptions(options, NAMES, "create a relay");
  const given = Object.entries(options ?? {})
    .filter(([, value]) => value !== undefined);
  const settings: RelaySettings = {
    subresources: ["exec", "attach"],
    path: "/relay",
    maxConnections: 1000,
    maxConnectionsPerUser: 20,
    maxMessageSize: 2 ** 20,
    idleTimeout: 3_600_000,
    handshakeTimeout: 30_000,
    onEvent: () => {},
    ...Object.fromEntries(given) as RelayOptions,
  };
  const { client, origins, authorize, subresources, path } = settings;
  if (typeof client?.connect !== "function") {
    refuse("client", "must be a client of createClient");
  }
  if (typeof authorize !== "function") {
    refuse("authorize", "must be a function");
  }
  if (!Array.isArray(origins)) refuse("origins", "must be a list");
  if (!origins.every(isOrigin)) {
    refuse("origins", 'must have origins, such as "https://ops.example"');
  }
  if (
    !Array.isArray(subresources) ||
    !subresources.every((it) => SUBRESOURCES.includes(it))
  ) {
    refuse("subresources", `must be among ${SUBRESOURCES.join(", ")}`);
  }
  if (typeof path !== "string" || !/^(\/[\w.~-]+)*$/.test(path)) {
    refuse("path", 'must be a path such as "/relay", or empty');
  }
  if (typeof settings.onEvent !== "function") {
    refuse("onEvent", "must be a function");
  }
  for (const name of LIMITS) checkLimit(name, settings[name]);
  return settings;
}

const LIMITS = [
  "maxConnections",
  "maxConnectionsPerUser",
  "maxMessageSize",
  "handshakeTimeout",
  "idleTimeout",
] as const;

function checkLimit(name: string, value: unknown): void {
  if (name === "idleTimeout" && value === null) return;
  if (typeof value !== "number" || !(value > 0)) {
    throw new RangeError(
      `Cannot create a relay: the option "${name}" must be a number above 0`,
    );
  }
}

function isOrigin(text: unknown): boolean {
  return typeof text === "string" && URL.canParse(text) &&
    new URL(text).origin === text && text !== "null";
}

function refuse(name: string, problem: string): never {
  throw new TypeError(
    `Cannot create a relay: the option "${name}" ${problem}`,
  );
}
