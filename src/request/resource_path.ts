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
 * @throws {TypeError} A name or namespace that is missing, empty, `.` or `..`.
 */
export function resourcePath(address: ResourceAddress): string {
  const { group, version, plural, namespaced, namespace } = address;
  const path = group === ""
    ? ["api", version]
    : ["apis", segment(group, "the API group"), version];
  if (namespaced) {
    path.push("namespaces", segment(namespace, `the namespace of ${plural}`));
  }
  path.push(segment(plural, "the resource"));
  if (address.name !== undefined) {
    path.push(segment(address.name, `the name of one of ${plural}`));
  }
  if (address.subresource !== undefined) {
    if (address.name === undefined) {
      throw new TypeError(
        `Cannot address ${plural}/${address.subresource}: a name is needed`,
      );
    }
    path.push(segment(address.subresource, "the subresource"));
  }
  return "/" + path.join("/");
}

function segment(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(
      `Cannot make a path: ${what} must be a string, not empty`,
    );
  }
  // Escaping does not help here: URL parsers resolve "%2e%2e" too.
  if (value === "." || value === "..") {
    throw new TypeError(`Cannot make a path: ${what} is "${value}"`);
  }
  return encodeURIComponent(value);
}
