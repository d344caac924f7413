export { PodwireError } from "./errors/podwire_error.ts";
export {
  ApiError,
  ConfigurationError,
  ConnectError,
  type ConnectErrorCode,
  HandshakeError,
  SubresourceNotAvailableError,
} from "./errors/reaching_errors.ts";
export {
  BufferOverflowError,
  CallTimeoutError,
  ConnectionLostError,
  HalfCloseUnsupportedError,
  type PartialResult,
  ProtocolError,
  SessionEndedError,
  StdinError,
} from "./errors/session_errors.ts";
