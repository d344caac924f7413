import type { Load } from "./load.ts";
import { atOnce } from "./loads/at_once.ts";
import { attached } from "./loads/attached.ts";
import { download } from "./loads/download.ts";
import { faults } from "./loads/faults.ts";
import { kill } from "./loads/kill.ts";
import { oneByOne } from "./loads/one_by_one.ts";
import { upload } from "./loads/upload.ts";

/**
 * Everything that the soak does on each backend, in this order: what weighs
 * sessions comes first, in a process that has no memory to spare.
 */
export const loads: readonly Load[] = [
  attached,
  download,
  upload,
  oneByOne,
  atOnce,
  faults,
  kill,
];
