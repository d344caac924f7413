import { type BodyAnswer, json } from "./exchange.ts";

const GROUP_VERSION = "v1";

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  "/version": {
    major: "1",
    minor: "36",
    gitVersion: "v1.36.2+podwire",
    gitCommit: "",
    gitTreeState: "clean",
    buildDate: "1970-01-01T00:00:00Z",
    goVersion: "none",
    compiler: "none",
    platform: "linux/amd64",
  },
  "/api": {
    kind: "APIVersions",
    versions: [GROUP_VERSION],
    serverAddressByClientCIDRs: [],
  },
  "/apis": { kind: "APIGroupList", apiVersion: "v1", groups: [] },
  "/api/v1": {
    kind: "APIResourceList",
    groupVersion: GROUP_VERSION,
    resources: [
      resource("pods", "Pod", ["create", "delete", "get", "list", "watch"]),
      resource("pods/attach", "PodAttachOptions", ["create", "get"]),
      resource("pods/exec", "PodExecOptions", ["create", "get"]),
      resource("pods/log", "Pod", ["get"]),
    ],
  },
};

/** What any client may ask of the server itself; null for another path. */
export function answerDiscovery(path: string): BodyAnswer | null {
  const document = DOCUMENTS[path];
  return document === undefined ? null : json(200, document);
}

function resource(name: string, kind: string, verbs: string[]): unknown {
  return {
    name,
    singularName: name === "pods" ? "pod" : "",
    namespaced: true,
    kind,
    verbs,
    ...(name === "pods" ? { shortNames: ["po"], categories: ["all"] } : {}),
  };
}
