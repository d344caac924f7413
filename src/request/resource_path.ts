/** What {@linkcode resourcePath} leads to. */
export interface ResourceAddress {
  /** The API group; empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The resource as URLs spell it, for example `pods`. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Needed if and only if `namespaced`. */
  readonly namespace: string | null;
  /** One object; without it the path is the collection's. */
  readonly name?: string;
  /** For example `exec`; needs a name. */
  readonly subresource?: string;
}

/**
 * The URL path of a collection, an object or a subresource, every segment
 * escaped, so that no name can lead anywhere else.
 *
 * @param action What the path is for, for messages: "Cannot {action}: ...".
 * @throws {TypeError} A name or namespace that is missing, empty, `.` or `..`, or
 * contains `/`.
 */
export function resourcePath(
  address: ResourceAddress,
  action: string = `address ${address.plural}`,
): string {
  const { group, version, plural, namespaced, name, subresource } = address;
  const escape = (value: unknown, what: string) => segment(value, what, action);
  const path = group === ""
    ? ["api", escape(version, "version")]
    : ["apis", escape(group, "API group"), escape(version, "version")];
  if (namespaced) {
    path.push("namespaces", escape(address.namespace, "namespace"));
  }
  path.push(escape(plural, "resource"));
  if (name !== undefined || subresource !== undefined) {
    path.push(escape(name, "name"));
  }
  if (subresource !== undefined) path.push(escape(subresource, "subresource"));
  return "/" + path.join("/");
}

function segment(value: unknown, what: string, action: string): string {
  if (value === undefined || value === null || value === "") {
    const hint = what === "namespace"
      ? "; set it in the call, in new Api() or in createClient()"
      : "";
    throw new TypeError(`Cannot ${action}: no ${what} is given${hint}`);
  }
  if (typeof value !== "string") {
    throw new TypeError(`Cannot ${action}: the ${what} must be a string`);
  }
  // Escaping does not help here: URL parsers resolve "%2e%2e" too.
  if (value === "." || value === "..") {
    throw new TypeError(`Cannot ${action}: the ${what} is "${value}"`);
  }
  // API servers split the path after they have decoded it: "web-0%2Flog" is the
  // log of web-0.
  if (value.includes("/")) {
    throw new TypeError(`Cannot ${action}: the ${what} contains "/"`);
  }
  if (!value.isWellFormed()) {
    throw new TypeError(`Cannot ${action}: the ${what} is not valid Unicode`);
  }
  return encodeURIComponent(value);
}
