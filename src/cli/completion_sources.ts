// The names in a kubeconfig and in a cluster, for completion.
import { Api } from "../api/api.ts";
import { resolveOne } from "../api/targets/resolve.ts";
import { parseTarget, podKinds, resourceOf } from "../api/targets/target.ts";
import { containerLabels } from "../api/targets/default_container.ts";
import type {
  Pod as PodObject,
  Service as ServiceObject,
} from "../client/kubernetes/core_v1.ts";
import type { Client } from "../client/client.ts";
import { Namespace, Pod, Service } from "../client/resources.ts";
import { loadKubeconfig } from "../config/mod.ts";
import type { Kubeconfig } from "../config/kubeconfig.ts";
import { withClient } from "./client.ts";
import { optional, requestTimeoutOf } from "./cluster_flags.ts";
import type { CommandLine } from "./command_line.ts";
import type { Candidate, Sources } from "./completion.ts";
import { callFor } from "./pod.ts";

/** How long somebody waits after a tab, without `--request-timeout`, in ms. */
const TIMEOUT = 3_000;

/** How many names a shell may list. */
const LIMIT = 500;

/** The sources of the cluster that the command line names. */
export const clusterSources: Sources = {
  async contexts(line) {
    return named((await kubeconfigOf(line)).contexts);
  },

  async clusters(line) {
    return named((await kubeconfigOf(line)).clusters);
  },

  async users(line) {
    return named((await kubeconfigOf(line)).users);
  },

  async namespaces(line) {
    return await asking(line, async (client) => {
      const all = await new Api(Namespace, { client }).list({ limit: LIMIT });
      return named(all.items.map(({ metadata }) => metadata.name));
    });
  },

  async targets(line, word) {
    const slash = word.indexOf("/");
    const kind = word.slice(0, slash);
    const resource = slash < 0 ? Pod : resourceOf(kind);
    if (resource === null) return [];
    const pods = await asking(line, async (client) => {
      const all = await new Api(resource, { client }).list({ limit: LIMIT });
      return (all.items as PodObject[]).map(({ metadata, status }) => ({
        word: `${slash < 0 ? "" : `${kind}/`}${metadata?.name}`,
        description: resource === Pod ? status?.phase : undefined,
      }));
    }).catch((error) => {
      // The kinds are known without a cluster.
      if (slash >= 0) throw error;
      return [];
    });
    // Only for who begins to write one: the pods alone are what is wanted most.
    const kinds = slash < 0 && word !== "" ? podKinds() : [];
    return [...pods, ...kinds.map((kind) => ({ word: `${kind}/` }))];
  },

  async containers(line, target) {
    return await asking(line, async (client) => {
      const { spec } = await podOf(client, line, target);
      const all = [
        ...spec?.containers ?? [],
        ...spec?.initContainers ?? [],
        ...spec?.ephemeralContainers ?? [],
      ];
      const labels = containerLabels({ spec });
      return all.map(({ name, image }) => ({
        word: name,
        description: labels.includes(`${name} (init)`)
          ? `init, ${image}`
          : image,
      }));
    });
  },

  async ports(line, target) {
    const [kind = "", name = ""] = target.split("/");
    const isService = target.includes("/") && resourceOf(kind) === Service;
    return await asking(line, async (client) => {
      if (isService) {
        const service: ServiceObject = await new Api(Service, { client })
          .get(name);
        return (service.spec?.ports ?? []).filter(isTcp)
          .map(({ port, name }) => ({ word: String(port), description: name }));
      }
      const { spec } = await podOf(client, line, target);
      return [...spec?.containers ?? [], ...spec?.initContainers ?? []]
        .flatMap(({ ports = [] }) => ports).filter(isTcp)
        .map(({ containerPort, name }) => ({
          word: String(containerPort),
          description: name,
        }));
    });
  },

  async copyPaths(line, word) {
    const colon = word.indexOf(":");
    if (colon >= 0) return await remoteFiles(line, word, colon);
    const slash = word.indexOf("/");
    const namespace = slash < 0 ? undefined : word.slice(0, slash);
    const prefix = namespace === undefined ? "" : `${namespace}/`;
    return await asking(line, async (client) => {
      const options = { namespace, limit: LIMIT };
      const pods = await new Api(Pod, { client }).list(options);
      const words = pods.items.map(({ metadata, status }) => ({
        word: `${prefix}${metadata.name}:`,
        description: status?.phase,
      }));
      if (namespace !== undefined || word === "") return words;
      const all = await new Api(Namespace, { client }).list({ limit: LIMIT })
        .catch(() => ({ items: [] }));
      const names = all.items.map(({ metadata }) => `${metadata.name}/`);
      return [...words, ...named(names)];
    });
  },
};

/** The files of a directory in a container, as `ls` lists them. */
async function remoteFiles(
  line: CommandLine,
  word: string,
  colon: number,
): Promise<Candidate[]> {
  const path = word.slice(colon + 1);
  const directory = path.slice(0, path.lastIndexOf("/") + 1);
  const [name = "", namespace] = word.slice(0, colon).split("/").toReversed();
  return await asking(line, async (client) => {
    const result = await new Api(Pod, { client }).exec.run(name, {
      namespace,
      container: optional(line, "container"),
      // -p marks directories. The path is no flag, whatever its name is.
      command: [
        "ls",
        "-1ap",
        directory.startsWith("/") ? directory : `./${directory}`,
      ],
    });
    const names = result.ok
      ? result.stdoutText().split("\n").filter((it) => it !== "")
      : [];
    return named(
      names.filter((it) => it !== "./" && it !== "../")
        .map((it) => `${word.slice(0, colon + 1)}${directory}${it}`),
    );
  });
}

async function asking(
  line: CommandLine,
  body: (client: Client) => Promise<Candidate[]>,
): Promise<Candidate[]> {
  let found: Candidate[] = [];
  const timeout = requestTimeoutOf(line) ?? TIMEOUT;
  await withClient(line, optional(line, "namespace"), async (client) => {
    found = await body(client);
    return 0;
  }, { timeout, retry: false });
  return found;
}

async function podOf(
  client: Client,
  line: CommandLine,
  target: string,
): Promise<PodObject> {
  const pods = new Api(Pod, { client });
  const parsed = parseTarget(target, Pod, "complete");
  if (parsed.kind === "pod") return await pods.get(parsed.name);
  const purpose = line.command === "logs" ? "log" : "session";
  const { pod } = await resolveOne(callFor(pods, parsed, "exec"), purpose);
  return pod;
}

async function kubeconfigOf(line: CommandLine): Promise<Kubeconfig> {
  return await loadKubeconfig({ path: optional(line, "kubeconfig") });
}

function isTcp({ protocol = "TCP" }: { readonly protocol?: string }): boolean {
  return protocol === "TCP";
}

function named(words: readonly string[]): Candidate[] {
  return words.map((word) => ({ word }));
}
