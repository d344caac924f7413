/** On the prototype of each class: its name. */
const CLASS = Symbol.for("podwire.errorClass");

/**
 * The base class of all errors, except abort reasons and misuse (`TypeError`).
 * `instanceof` recognises the errors of another copy of this package, too: tools
 * that mix `require` and `import` load it twice. `name` is the name of the class,
 * in minified code too.
 */
export class PodwireError extends Error {
  static {
    identify(this, "PodwireError");
  }

  /** Whether `value` is an error of this class, from whatever copy of it. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    const { prototype } = this;
    const name = ownClass(prototype);
    for (let at = Object(value); at !== null; at = Object.getPrototypeOf(at)) {
      if (at === prototype) return true;
      if (name !== undefined && ownClass(at) === name) return true;
    }
    return false;
  }
}

/**
 * Gives a class its name, which minifiers would change, and by which
 * `instanceof` recognises the class of another copy.
 */
export function identify(
  { prototype }: { readonly prototype: PodwireError },
  name: string,
): void {
  // Neither is enumerable, as the `name` of the built-in errors.
  const property = { value: name, writable: true, configurable: true };
  Object.defineProperties(prototype, { name: property, [CLASS]: property });
}

function ownClass(prototype: object): unknown {
  return Object.getOwnPropertyDescriptor(prototype, CLASS)?.value;
}
