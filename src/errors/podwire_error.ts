/** Every error of this package; abort reasons and misuse (`TypeError`) aside. */
export class PodwireError extends Error {
  /** The name of the class, in minified code too. */
  override name = "PodwireError";
}
