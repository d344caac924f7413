import type { Load } from "./load.ts";
import { concurrent } from "./loads/concurrent.ts";
import { abandoned } from "./loads/abandoned.ts";
import { attached } from "./loads/attached.ts";
import { download } from "./loads/download.ts";
import { faults } from "./loads/faults.ts";
import { kill } from "./loads/kill.ts";
import { many } from "./loads/many.ts";
import { recreated } from "./loads/recreated.ts";
import { rollouts } from "./loads/rollouts.ts";
import { sequential } from "./loads/sequential.ts";
import { upload } from "./loads/upload.ts";

/**
 * Every load of the soak, in order. Loads that measure memory come first, before
 * the process has memory to reuse.
 */
export const loads: readonly Load[] = [
  attached,
  download,
  upload,
  sequential,
  concurrent,
  abandoned,
  rollouts,
  recreated,
  faults,
  kill,
  many,
];
