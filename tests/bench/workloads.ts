import type { Workload } from "./workload.ts";
import { concurrent, sequential } from "./workloads/calls.ts";
import { collect } from "./workloads/collect.ts";
import { copies } from "./workloads/copy.ts";
import { downloads } from "./workloads/download.ts";
import { forwards } from "./workloads/forward.ts";
import { gets } from "./workloads/gets.ts";
import { idle } from "./workloads/idle.ts";
import { lists } from "./workloads/list.ts";
import { slowReader } from "./workloads/slow_reader.ts";
import { unreadStdin } from "./workloads/unread_stdin.ts";
import { upload } from "./workloads/upload.ts";

/** Every workload, in the order of the report. */
export const workloads: readonly Workload[] = [
  ...downloads,
  collect,
  upload,
  sequential,
  concurrent,
  gets,
  ...lists,
  idle,
  slowReader,
  unreadStdin,
  ...forwards,
  ...copies,
];
