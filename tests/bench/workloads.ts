import type { Workload } from "./workload.ts";
import { slowReader } from "./workloads/slow_reader.ts";
import { unreadStdin } from "./workloads/unread_stdin.ts";

/** Every workload, in the order of the table. */
export const workloads: readonly Workload[] = [slowReader, unreadStdin];
