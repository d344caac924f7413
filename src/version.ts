/** The version of the package, as in its manifests. */
export const VERSION = "0.1.0";
