type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

/** Compiles only if `A` and `B` are the same type. */
export function equal<A, B>(
  ..._proof: Same<A, B> extends true ? [] : [never]
): void {}
