import type { Machine } from "../machine/machine.ts";
import {
  authenticate,
  authorize,
  type Caller,
  type ClusterUser,
} from "./access.ts";
import { answerDiscovery } from "./discovery.ts";
import { type ApiAnswer, type ApiRequest, json } from "./exchange.ts";
import type { SessionFault } from "./fault.ts";
import { answerLog } from "./pod_log.ts";
import { newPod } from "./new_pod.ts";
import { PodRunner } from "./pod_runner.ts";
import { PodStore } from "./pod_store.ts";
import { PodVerbs } from "./pod_verbs.ts";
import { type PodPath, readPodPath } from "./pod_path.ts";
import {
  ApiFailure,
  methodNotAllowed,
  pathNotFound,
} from "./status_failures.ts";
import { answerStream } from "./streaming.ts";

/** What an {@linkcode ApiServer} is made of. */
export interface ApiServerOptions {
  readonly machine: Machine;
  /** Null to let everyone do everything, whatever their credentials. */
  readonly users: readonly ClusterUser[] | null;
  readonly startupDelay: number;
  readonly protocols: readonly string[];
}

/** An API server that knows pods, over no transport in particular. */
export class ApiServer {
  /** How sessions end where a pod's annotation does not say. */
  fault: SessionFault | null = null;
  readonly #options: ApiServerOptions;
  readonly #store = new PodStore();
  readonly #runner: PodRunner;
  readonly #verbs: PodVerbs;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#runner = new PodRunner(this.#store, options.machine, options);
    this.#verbs = new PodVerbs(this.#store, this.#runner);
  }

  /** Answers a request; what fails is answered with a Status. */
  answer(request: ApiRequest): ApiAnswer {
    try {
      return this.#answer(request);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      return json(error.status.code, error.status);
    }
  }

  /** Adds a pod that runs, with one container. */
  addRunning(name: string, namespace: string): void {
    const pod = newPod({
      metadata: { name },
      spec: { containers: [{ name: "main", image: "none" }] },
    }, namespace);
    this.#runner.runNow(this.#store.add(pod));
  }

  /** Ends every pod and its processes. */
  close(): Promise<void> {
    return this.#runner.close();
  }

  #answer(request: ApiRequest): ApiAnswer {
    const caller = authenticate(request, this.#options.users);
    const { pathname } = request.url;
    const discovered = answerDiscovery(pathname);
    if (discovered !== null) return discovered;
    const path = readPodPath(pathname);
    if (path === null) throw pathNotFound();
    if (path.name === null) return this.#collection(request, caller, path);
    if (path.subresource === null) return this.#pod(request, caller, path);
    return this.#subresource(request, caller, path);
  }

  #collection(request: ApiRequest, caller: Caller, path: PodPath): ApiAnswer {
    const { namespace } = path;
    if (request.method === "POST" && namespace !== null) {
      allow(caller, "create", path);
      return this.#verbs.create(request, namespace);
    }
    if (request.method !== "GET") throw methodNotAllowed();
    const watch = request.url.searchParams.get("watch");
    if (watch === "true" || watch === "1") {
      allow(caller, "watch", path);
      return this.#verbs.watch(request, namespace);
    }
    allow(caller, "list", path);
    return this.#verbs.list(request, namespace);
  }

  #pod(request: ApiRequest, caller: Caller, path: PodPath): ApiAnswer {
    const [namespace, name] = [path.namespace!, path.name!];
    if (request.method === "GET") {
      allow(caller, "get", path);
      return this.#verbs.get(namespace, name);
    }
    if (request.method !== "DELETE") throw methodNotAllowed();
    allow(caller, "delete", path);
    return this.#verbs.delete(request, namespace, name);
  }

  #subresource(request: ApiRequest, caller: Caller, path: PodPath): ApiAnswer {
    const { subresource } = path;
    if (subresource === "log") {
      allow(caller, "get", path);
      return answerLog(request, this.#store.get(path.namespace!, path.name!));
    }
    if (subresource !== "exec" && subresource !== "attach") {
      throw pathNotFound();
    }
    // A WebSocket needs both since 1.35: PROTOCOL.md, "The API server".
    if (request.method === "GET") allow(caller, "get", path);
    allow(caller, "create", path);
    const record = this.#store.get(path.namespace!, path.name!);
    return answerStream(
      { request, caller, record, subresource },
      { protocols: this.#options.protocols, fault: this.fault },
    );
  }
}

function allow({ user }: Caller, verb: string, path: PodPath): void {
  const { namespace, name, subresource } = path;
  const resource = subresource === null ? "pods" : `pods/${subresource}`;
  authorize(user, { verb, resource, namespace, name });
}
