import { isRecord } from "../json.ts";
import { type KubeconfigDocument, Mapping } from "./kubeconfig_document.ts";

/** Fields by the names that they have in a kubeconfig. */
export type OverrideFields = Readonly<
  Record<string, string | true | readonly string[] | Extra | undefined>
>;

/** The values of `as-user-extra`, by their names. */
type Extra = Readonly<Record<string, readonly string[]>>;

/**
 * What a command line says in the place of a kubeconfig (client-go's
 * `ConfigOverrides`). A field that is undefined or empty is not overridden;
 * paths are absolute.
 */
export interface ConfigOverrides {
  /** `cluster` and `user`. */
  readonly context: OverrideFields;
  /** Such as `server` and `certificate-authority`. */
  readonly cluster: OverrideFields;
  /** Such as `token` and `as`. */
  readonly user: OverrideFields;
}

/** Whether there is nothing to override. */
export function overridesNothing(overrides: ConfigOverrides): boolean {
  const { context, cluster, user } = overrides;
  return [context, cluster, user].every((it) => given(it).length === 0);
}

/** Whether a field is overridden. */
export function isOverridden(fields: OverrideFields, name: string): boolean {
  return given(fields).some(([given]) => given === name);
}

/** The context with the names that are overridden. */
export function overrideContext(
  context: Mapping,
  { context: fields }: ConfigOverrides,
): Mapping {
  return context.overridden(Object.fromEntries(given(fields)));
}

/**
 * The cluster with the fields that are overridden. As in client-go, an authority
 * and `insecure-skip-tls-verify` replace each other, and another server has
 * another name in its certificate.
 */
export function overrideCluster(
  cluster: Mapping,
  { cluster: fields }: ConfigOverrides,
): Mapping {
  const has = (name: string) => isOverridden(fields, name);
  const isTrust = has("certificate-authority") ||
    has("insecure-skip-tls-verify");
  const isServer = has("server") || has("tls-server-name");
  return cluster.overridden({
    ...(isTrust
      ? without(
        "certificate-authority",
        "certificate-authority-data",
        "insecure-skip-tls-verify",
      )
      : {}),
    ...(isServer ? without("tls-server-name") : {}),
    ...Object.fromEntries(given(fields)),
  });
}

/**
 * The user with the fields that are overridden. A path replaces the data, as in
 * client-go; unlike there, a token also replaces the file of one, which would
 * silently count instead.
 */
export function overrideUser(
  user: Mapping,
  { user: fields }: ConfigOverrides,
): Mapping {
  const has = (name: string) => isOverridden(fields, name);
  const extra = user.value("as-user-extra");
  const more = has("as-user-extra") && isRecord(extra)
    ? { "as-user-extra": { ...extra, ...fields["as-user-extra"] as Extra } }
    : {};
  return user.overridden({
    ...(has("token") ? without("tokenFile") : {}),
    ...(has("client-certificate") ? without("client-certificate-data") : {}),
    ...(has("client-key") ? without("client-key-data") : {}),
    ...Object.fromEntries(given(fields)),
    ...more,
  });
}

/** A document with a pod's service account, for overrides of its fields. */
export function accountDocument(
  { server, namespace, tokenFile, authority }: {
    readonly server: string;
    readonly namespace: string | null;
    /** The path of the token. */
    readonly tokenFile: string;
    /** The path of the authority's certificates; null without them. */
    readonly authority: string | null;
  },
): KubeconfigDocument {
  const origin = "the service account of this pod";
  const entry = (kind: string, fields: Readonly<Record<string, unknown>>) =>
    new Map([["", new Mapping(fields, `the ${kind} of ${origin}`, null)]]);
  return {
    origin,
    currentContext: "",
    contexts: entry("context", { namespace }),
    clusters: entry("cluster", { server, "certificate-authority": authority }),
    users: entry("user", { tokenFile }),
  };
}

/** A document that leaves everything to the overrides. */
export const NOTHING: KubeconfigDocument = {
  origin: "the command line",
  currentContext: null,
  contexts: new Map(),
  clusters: new Map(),
  users: new Map(),
};

function given(fields: OverrideFields) {
  return Object.entries(fields).filter(([, value]) =>
    value !== undefined && value !== "" &&
    !(Array.isArray(value) && value.length === 0)
  );
}

function without(...names: readonly string[]): Record<string, undefined> {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
