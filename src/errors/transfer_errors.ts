import { identify, PodwireError } from "./podwire_error.ts";

/**
 * Why a forwarded port failed: `Unreachable`: the node could not connect to it;
 * `Broken`: the connection failed later, with the node's words; `Reset`: without
 * any; `ConnectionLost`: the way to the node broke; `NoSuchPort`: the pod or the
 * Service has no port of that name or number.
 */
export type PortForwardReason =
  | "Unreachable"
  | "Broken"
  | "Reset"
  | "ConnectionLost"
  | "NoSuchPort";

/** A port of a pod could not be reached, or the forwarding broke. */
export class PortForwardError extends PodwireError {
  static {
    identify(this, "PortForwardError");
  }
  /** The port, as the caller gave it. */
  readonly port: number | string;
  /** What happened; the message has the node's words. */
  readonly reason: PortForwardReason;

  /** Names the port and the state. */
  constructor(
    message: string,
    options: ErrorOptions & {
      port: number | string;
      reason: PortForwardReason;
    },
  ) {
    super(message, options);
    this.port = options.port;
    this.reason = options.reason;
  }
}

/**
 * Why a file could not be transferred: `NotFound`, `Denied` (rights, a read-only
 * file system), `IsDirectory`, `NotDirectory`, `Exists` (something that is not to
 * be replaced has the name); `Changed` while it was read; `Incomplete`: not all
 * of it arrived, or it could not be read or written to its end; `NoSpace`;
 * `Unsafe`: a name that leads out of the directory, or what is no file;
 * `Unavailable`: the container lacks the program that it takes.
 */
export type FileTransferReason =
  | "NotFound"
  | "Denied"
  | "IsDirectory"
  | "NotDirectory"
  | "Exists"
  | "Changed"
  | "Incomplete"
  | "NoSpace"
  | "Unsafe"
  | "Unavailable";

/** A file of a container was not transferred, or not whole. */
export class FileTransferError extends PodwireError {
  static {
    identify(this, "FileTransferError");
  }
  /** The path of the file or directory that it failed at. */
  readonly path: string;
  /** Why, as a word to branch on; the message has the system's own words. */
  readonly reason: FileTransferReason;

  /** Names the action, the path and the state. */
  constructor(
    message: string,
    options: ErrorOptions & { path: string; reason: FileTransferReason },
  ) {
    super(message, options);
    this.path = options.path;
    this.reason = options.reason;
  }
}
