import type { Load } from "./load.ts";
import { concurrent } from "./loads/concurrent.ts";
import { attached } from "./loads/attached.ts";
import { download } from "./loads/download.ts";
import { faults } from "./loads/faults.ts";
import { kill } from "./loads/kill.ts";
import { sequential } from "./loads/sequential.ts";
import { upload } from "./loads/upload.ts";

/**
 * Everything that the soak does on each backend, in this order: what weighs
 * sessions comes first, in a process that has no memory to spare.
 */
export const loads: readonly Load[] = [
  attached,
  download,
  upload,
  sequential,
  concurrent,
  faults,
  kill,
];
