// All errors, one file for each family. Import them from here.

export { identify, PodwireError } from "./errors/podwire_error.ts";

export {
  ConfigurationError,
  ConnectError,
  type ConnectErrorCode,
  HandshakeError,
} from "./errors/connect_errors.ts";

export {
  ApiError,
  LogNotAvailableError,
  type LogNotAvailableReason,
  SubresourceNotAvailableError,
  TargetNotFoundError,
  WaitFailedError,
} from "./errors/api_errors.ts";

export {
  BufferOverflowError,
  CallTimeoutError,
  ConnectionLostError,
  HalfCloseUnsupportedError,
  type PartialResult,
  ProtocolError,
  SessionEndedError,
  ShellNotFoundError,
  StdinError,
} from "./errors/session_errors.ts";

export {
  FileTransferError,
  type FileTransferReason,
  PortForwardError,
  type PortForwardReason,
} from "./errors/transfer_errors.ts";
