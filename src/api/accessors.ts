import type {
  HasAttach,
  HasExec,
  HasLogs,
  SubresourceNotAvailable,
} from "../client/resource.ts";
import type { AttachAccessor } from "./attach.ts";
import type { ExecAccessor } from "./exec.ts";
import type { LogsAccessor } from "./logs/logs.ts";

/** `exec` of an `Api`: only where the resource has the marker. */
export type ExecOf<R> = R extends HasExec ? ExecAccessor
  : SubresourceNotAvailable<"exec">;

/** `attach` of an `Api`: only where the resource has the marker. */
export type AttachOf<R> = R extends HasAttach ? AttachAccessor
  : SubresourceNotAvailable<"attach">;

/** `logs` of an `Api`: only where the resource has the marker. */
export type LogsOf<R> = R extends HasLogs ? LogsAccessor
  : SubresourceNotAvailable<"log">;
