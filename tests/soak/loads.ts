import type { Load } from "./load.ts";
import { atOnce } from "./loads/at_once.ts";
import { download } from "./loads/download.ts";
import { oneByOne } from "./loads/one_by_one.ts";
import { upload } from "./loads/upload.ts";

/** Everything that the soak does on each ground, in this order. */
export const loads: readonly Load[] = [download, upload, oneByOne, atOnce];
