import type { Resource } from "../../client/resource.ts";
import {
  DaemonSet,
  Deployment,
  Job,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
} from "../../client/resources.ts";
import { similarName } from "../../options.ts";
import type { Target } from "../../target.ts";

/** A target, checked. */
export type ParsedTarget = PodName | PodOwner | PodSelector;

interface GivenTarget {
  /** The caller's own. */
  readonly given: Target;
  /** For messages, for example `deployments "web"`. */
  readonly text: string;
}

/** One object by its name: a pod, or whatever the Api's resource is. */
export interface PodName extends GivenTarget {
  readonly kind: "pod";
  readonly name: string;
  /** For messages: `pods "web-0"`. */
  readonly text: string;
}

/** An object that selects pods. */
export interface PodOwner extends GivenTarget {
  readonly kind: "owner";
  readonly resource: Resource;
  readonly name: string;
  /** For messages: `deployments "web"`. */
  readonly text: string;
}

/** The pods with labels. */
export interface PodSelector extends GivenTarget {
  readonly kind: "selector";
  readonly labelSelector: string;
  readonly fieldSelector?: string | undefined;
  /** For messages: `pods with "app=web"`. */
  readonly text: string;
}

const ReplicationController: Resource = {
  group: "",
  version: "v1",
  kind: "ReplicationController",
  plural: "replicationcontrollers",
  namespaced: true,
};

/** The kinds that have pods, each with its short name, as kubectl knows them. */
const KINDS: readonly (readonly [resource: Resource, short?: string])[] = [
  [Pod, "po"],
  [Deployment, "deploy"],
  [ReplicaSet, "rs"],
  [StatefulSet, "sts"],
  [DaemonSet, "ds"],
  [Job],
  [Service, "svc"],
  [ReplicationController, "rc"],
];

/**
 * Checks a target.
 *
 * @param resource The Api's; only Pod has other targets than names.
 * @param verb For messages, for example `exec in`.
 * @throws {TypeError} It is no target.
 */
export function parseTarget(
  target: unknown,
  resource: Resource,
  verb: string,
): ParsedTarget {
  const { plural } = resource;
  const isPod = resource.group === "" && plural === "pods";
  if (typeof target === "string") {
    return isPod && target.includes("/")
      ? parseName(target, verb)
      : podName(target, plural);
  }
  // A missing name is reported where every call's is.
  if (target === undefined || target === null) {
    return podName(target as never, plural);
  }
  if (!isPod) {
    throw new TypeError(`Cannot ${verb} ${plural}: the name must be a string`);
  }
  return parseSelector(target, verb);
}

function podName(name: string, plural: string): PodName {
  return { kind: "pod", given: name, name, text: `${plural} "${name}"` };
}

function parseName(target: string, verb: string): PodName | PodOwner {
  const [type = "", name, ...others] = target.split("/");
  if (!type || !name || others.length > 0) {
    throw new TypeError(
      `Cannot ${verb} "${target}": a target is NAME or KIND/NAME`,
    );
  }
  const resource = resourceOf(type);
  if (resource === null) throw unknownKind(target, type, verb);
  const text = `${resource.plural} "${name}"`;
  return resource === Pod
    ? { kind: "pod", given: target, name, text }
    : { kind: "owner", given: target, resource, name, text };
}

/** The words for the kinds that have pods: `pod`, `deployment` and so on. */
export function podKinds(): string[] {
  return KINDS.map(([{ kind }]) => kind.toLowerCase());
}

/** The resource for `deploy`, `Deployment`, `deployments.apps` and so on. */
export function resourceOf(type: string): Resource | null {
  const [word, ...suffix] = type.toLowerCase().split(".");
  const found = KINDS.find(([{ kind, plural }, short]) =>
    [plural, kind.toLowerCase(), short].includes(word)
  );
  if (found === undefined) return null;
  const [resource] = found;
  const { group, version } = resource;
  const rest = suffix.join(".");
  return ["", group, version, `${version}.${group}`].includes(rest)
    ? resource
    : null;
}

function unknownKind(target: string, type: string, verb: string): TypeError {
  const words = KINDS.flatMap(([{ kind }, short = []]) =>
    [kind.toLowerCase()].concat(short)
  );
  const known = KINDS.map(([{ kind }]) => kind.toLowerCase()).join(", ");
  const similar = type.includes(",") ? null : similarName(type, words);
  const hint = similar === null
    ? `expected one of ${known}`
    : `did you mean "${similar}"?`;
  return new TypeError(
    `Cannot ${verb} "${target}": no kind "${type}" has pods; ${hint}`,
  );
}

const SELECTOR_FIELDS = ["labelSelector", "fieldSelector"];

function parseSelector(target: object, verb: string): PodSelector {
  const refuse = (state: string) =>
    new TypeError(`Cannot ${verb} pods: ${state}`);
  if (typeof target !== "object" || Array.isArray(target)) {
    throw refuse(
      "a target is a name, KIND/NAME, or an object with a labelSelector",
    );
  }
  for (const [name, value] of Object.entries(target)) {
    if (!SELECTOR_FIELDS.includes(name) && value !== undefined) {
      const similar = similarName(name, SELECTOR_FIELDS);
      const hint = similar === null ? "" : `; did you mean "${similar}"?`;
      throw refuse(`a target has no ${JSON.stringify(name)}${hint}`);
    }
  }
  const { labelSelector, fieldSelector } = target as Record<string, unknown>;
  // An empty selector selects every pod of the namespace.
  if (typeof labelSelector !== "string" || labelSelector.trim() === "") {
    throw refuse("the target's labelSelector must be a string, and not empty");
  }
  if (fieldSelector !== undefined && typeof fieldSelector !== "string") {
    throw refuse("the target's fieldSelector must be a string");
  }
  const text = `pods with "${
    [labelSelector, fieldSelector].filter(Boolean).join('" and "')
  }"`;
  const given = fieldSelector === undefined
    ? { labelSelector }
    : { labelSelector, fieldSelector };
  return { kind: "selector", given, ...given, text };
}
