// The ports and the addresses in a command line of port-forward.
import { isIP } from "node:net";
import { isPortName } from "../api/port_forward/target_port.ts";
import { UsageError } from "./command_line.ts";

/** `[LOCAL:]REMOTE`. */
export interface PortPair {
  /** 0 for any free port; null for the number of the remote port. */
  readonly local: number | null;
  /** A port of the pod, or with a Service of that, by number or name. */
  readonly remote: number | string;
}

/**
 * Parses one argument: `8080`, `8080:80`, `:80` or `8080:http`.
 *
 * @throws {UsageError} It is invalid.
 */
export function parsePortPair(text: string): PortPair {
  const parts = text.split(":");
  if (parts.length > 2) throw invalid(`invalid port format '${text}'`);
  const [first = "", second] = parts;
  if (second === undefined) return { local: null, remote: parseRemote(first) };
  const local = first === "" ? 0 : numberOf(first);
  if (local === null) {
    throw invalid(
      `error parsing local port '${first}': expected a number from 0 to 65535`,
    );
  }
  return { local, remote: parseRemote(second) };
}

function parseRemote(text: string): number | string {
  if (text === "") throw invalid("remote port cannot be empty");
  const number = numberOf(text);
  if (number === 0) throw invalid("remote port must be > 0");
  if (number !== null) return number;
  if (isPortName(text)) return text;
  throw invalid(
    `error parsing remote port '${text}': expected a number from 1 to 65535 ` +
      "or the name of a port",
  );
}

/** The number of a port; null if the text is none. */
function numberOf(text: string): number | null {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  return number <= 65535 ? number : null;
}

/** An address to listen at. */
export interface ListenAddress {
  readonly hostname: string;
  /** Whether one of the optional addresses suffices: those of `localhost`. */
  readonly isOptional: boolean;
}

/** The addresses of `localhost`. A machine without IPv6 lacks the latter. */
const LOCALHOST = ["127.0.0.1", "::1"];

/**
 * Parses the values of `--address`, each a list with commas.
 *
 * @returns As kubectl: each address once, sorted as text.
 * @throws {UsageError} One is neither an IP address nor `localhost`.
 */
export function parseAddresses(values: readonly string[]): ListenAddress[] {
  const addresses = new Map<string, ListenAddress>();
  for (const text of values.flatMap((value) => value.split(","))) {
    if (text === "localhost") {
      for (const hostname of LOCALHOST) {
        if (addresses.has(hostname)) continue;
        addresses.set(hostname, { hostname, isOptional: true });
      }
    } else if (isIP(text) !== 0) {
      addresses.set(text, { hostname: text, isOptional: false });
    } else {
      throw invalid(`${text} is not a valid IP`);
    }
  }
  return [...addresses.values()].sort((a, b) =>
    a.hostname < b.hostname ? -1 : 1
  );
}

function invalid(message: string): UsageError {
  return new UsageError(message, "port-forward");
}
