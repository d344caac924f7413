/** What is asked for cannot be had, as far as can be seen from here. */
export class RefusedError extends Error {
  override name = "RefusedError";
}
