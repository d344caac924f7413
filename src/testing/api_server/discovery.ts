import { type BodyResponse, jsonResponse } from "./api_request.ts";
import { type ApiResource, groupVersionOf } from "./objects/api_resource.ts";
import { hasScale } from "./objects/scale.ts";

const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.2+podwire",
  gitCommit: "",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "none",
  compiler: "none",
  platform: "linux/amd64",
};

const VERBS = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];

/** The subresources of pods. */
const POD_SUBRESOURCES = [
  { name: "pods/attach", kind: "PodAttachOptions", verbs: ["create", "get"] },
  {
    name: "pods/ephemeralcontainers",
    kind: "Pod",
    verbs: ["get", "patch", "update"],
  },
  {
    name: "pods/eviction",
    group: "policy",
    version: "v1",
    kind: "Eviction",
    verbs: ["create"],
  },
  { name: "pods/exec", kind: "PodExecOptions", verbs: ["create", "get"] },
  { name: "pods/log", kind: "Pod", verbs: ["get"] },
];

const SCALE = {
  group: "autoscaling",
  version: "v1",
  kind: "Scale",
  verbs: ["get", "patch", "update"],
};

/** Responds to requests for the version and the API's resources; else null. */
export function discoveryResponse(
  path: string,
  resources: readonly ApiResource[],
): BodyResponse | null {
  const document = documentAt(path, resources);
  return document === null ? null : jsonResponse(200, document);
}

function documentAt(
  path: string,
  resources: readonly ApiResource[],
): unknown {
  if (path === "/version") return VERSION;
  if (path === "/api") {
    return {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [],
    };
  }
  const groups = groupsOf(resources);
  if (path === "/apis") {
    return { kind: "APIGroupList", apiVersion: "v1", groups };
  }
  const group = groups.find(({ name }) => path === `/apis/${name}`);
  if (group !== undefined) {
    return { kind: "APIGroup", apiVersion: "v1", ...group };
  }
  const own = resources.filter((resource) => path === rootOf(resource));
  return own.length === 0 ? null : resourceList(own);
}

function groupsOf(resources: readonly ApiResource[]) {
  const named = resources.filter(({ group }) => group !== "");
  return [...Map.groupBy(named, ({ group }) => group)].map(([name, own]) => {
    const versions = [...new Set(own.map(({ version }) => version))]
      .map((version) => ({ groupVersion: `${name}/${version}`, version }));
    return { name, versions, preferredVersion: versions[0] };
  });
}

function rootOf(resource: ApiResource): string {
  const { group, version } = resource;
  return group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
}

function resourceList(resources: readonly ApiResource[]): unknown {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: groupVersionOf(resources[0]!),
    resources: resources.flatMap(describe),
  };
}

function describe(resource: ApiResource): unknown[] {
  const {
    plural,
    kind,
    namespaced,
    shortNames,
    hasStatusSubresource: ownStatus,
  } = resource;
  const part = { singularName: "", namespaced };
  const status = {
    ...part,
    name: `${plural}/status`,
    kind,
    verbs: ["get", "patch", "update"],
  };
  const isPods = plural === "pods" && resource.builtIn;
  return [
    {
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs: VERBS,
      shortNames,
      ...(isPods ? { categories: ["all"] } : {}),
    },
    ...(ownStatus ? [status] : []),
    ...(hasScale(resource)
      ? [{ ...part, ...SCALE, name: `${plural}/scale` }]
      : []),
    ...(isPods ? POD_SUBRESOURCES.map((it) => ({ ...part, ...it })) : []),
  ];
}
