import type { Resource } from "../../client/resource.ts";
import type { ContainerRuntime } from "../containers/container.ts";
import {
  authenticate,
  type AuthenticatedUser,
  authorize,
  authorizeWithoutReason,
  type ClusterUser,
} from "./access.ts";
import { discoveryResponse } from "./discovery.ts";
import {
  type ApiRequest,
  type ApiResponse,
  jsonResponse,
} from "./api_request.ts";
import {
  concerns,
  CountedFault,
  type LogFault,
  type PortForwardFault,
  refusalOf,
  type RequestFault,
  type SessionFault,
  type WatchFault,
} from "./fault.ts";
import { newPod } from "./new_pod.ts";
import { isPod, type PodRecord, podRecord } from "./pod_record.ts";
import { type ApiPath, parseApiPath } from "./objects/api_path.ts";
import { newObject } from "./objects/new_object.ts";
import { ObjectStore } from "./objects/object_store.ts";
import { ObjectWrites } from "./objects/object_writes.ts";
import { Controllers } from "../controllers/controllers.ts";
import { type ObjectTarget, ObjectVerbs } from "./objects/object_verbs.ts";
import { hasScale } from "./objects/scale.ts";
import { type ApiResource, apiResources } from "./objects/api_resource.ts";
import type { WritablePart } from "./objects/updated_object.ts";
import { logResponse } from "./pod_log.ts";
import { NODE, PodRunner } from "./pod_runner.ts";
import { ApiFailure, methodNotAllowed, pathNotFound } from "./api_failure.ts";
import { streamResponse } from "./exec_attach.ts";
import { portForwardResponse } from "./port_forward.ts";
import type { PortDialer } from "../port_forward/port_connection.ts";

export interface ApiServerOptions {
  readonly runtime: ContainerRuntime;
  /** Connects to the ports of pods. */
  readonly dial: PortDialer;
  /** Null allows everything, with any credentials. */
  readonly users: readonly ClusterUser[] | null;
  readonly startupDelay: number;
  readonly protocols: readonly string[];
  /** Custom resources. */
  readonly resources: readonly Resource[];
  /** Whether controllers act on workloads, services and dependents. */
  readonly controllers: boolean;
  /** Namespaces that exist from the start. */
  readonly namespaces: readonly string[];
}

/** An authenticated request below `/api` or `/apis`. */
interface ApiCall {
  readonly request: ApiRequest;
  readonly user: AuthenticatedUser;
  readonly path: ApiPath;
  readonly target: ObjectTarget;
}

/** An API server without a transport. */
export class ApiServer {
  /** The fault of sessions; a pod's annotation overrides it. */
  fault: SessionFault | null = null;
  /** The fault of followed logs; a pod's annotation overrides it. */
  readonly logFault: CountedFault<LogFault> = new CountedFault(1);
  /** The fault of port-forwards; a pod's annotation overrides it. */
  readonly portForwardFault: CountedFault<PortForwardFault> = new CountedFault(
    Infinity,
  );
  readonly requestFault: CountedFault<RequestFault> = new CountedFault(1);
  readonly watchFault: CountedFault<WatchFault> = new CountedFault(Infinity);
  #logCut = new AbortController();
  readonly #options: ApiServerOptions;
  readonly #resources: readonly ApiResource[];
  readonly #store = new ObjectStore();
  readonly #runner: PodRunner;
  readonly #verbs: ObjectVerbs;
  readonly #controllers: Controllers | null;

  constructor(options: ApiServerOptions) {
    this.#options = options;
    this.#resources = apiResources(options.resources);
    this.#runner = new PodRunner(this.#store, options.runtime, options);
    const writes = new ObjectWrites(this.#store, this.#runner);
    this.#controllers = options.controllers
      ? new Controllers({
        store: this.#store,
        writes,
        resources: this.#resources,
      })
      : null;
    this.#verbs = new ObjectVerbs(this.#store, writes, options.controllers);
    for (const name of new Set(options.namespaces)) {
      this.#add("Namespace", name, { phase: "Active" });
    }
    const conditions = [{ type: "Ready", status: "True" }];
    this.#add("Node", NODE, { conditions });
  }

  /** Responds to a request; a failure becomes a Status. */
  handle(request: ApiRequest): ApiResponse {
    const refusal = this.#refusal(request);
    if (refusal !== null) return refusal;
    try {
      return this.#route(request);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      return failureResponse(error);
    }
  }

  #refusal(request: ApiRequest): ApiResponse | null {
    const { fault } = this.requestFault;
    if (fault === null || !concerns(fault, request)) return null;
    return this.requestFault.take() && refusalOf(fault);
  }

  /** Adds a running pod with one container. */
  addRunning(name: string, namespace: string): void {
    const pods = this.#resources.find(({ kind }) => kind === "Pod")!;
    const pod = newPod(pods, {
      metadata: { name },
      spec: { containers: [{ name: "main", image: "none" }] },
    }, namespace);
    this.#runner.runNow(this.#store.add(podRecord(pods, pod)));
  }

  /** Discards the history: watches and lists that continue it get a 410. */
  compact(): void {
    this.#store.compact();
  }

  /** Ends every followed log, cleanly. */
  cutLogs(): void {
    this.#logCut.abort();
    this.#logCut = new AbortController();
  }

  /** Ends every pod and its processes. */
  close(): Promise<void> {
    this.#controllers?.close();
    return this.#runner.close();
  }

  #add(kind: string, name: string, status: unknown): void {
    const resource = this.#resources.find((it) => it.kind === kind)!;
    const made = newObject(resource, { metadata: { name } }, null);
    const object = { ...made, status };
    this.#store.add({ resource, object });
  }

  #route(request: ApiRequest): ApiResponse {
    const user = authenticate(request, this.#options.users);
    const { pathname } = request.url;
    const discovered = discoveryResponse(pathname, this.#resources);
    if (discovered !== null) return discovered;
    const path = parseApiPath(pathname);
    const resource = path && this.#find(path);
    if (path === null || resource === null) throw pathNotFound();
    const { namespace, name, subresource } = path;
    const target: ObjectTarget = {
      resource,
      namespace,
      name: name ?? "",
      part: writablePart(resource, subresource),
    };
    const call = { request, user, path, target };
    if (name === null) return this.#collection(call);
    if (subresource === null) return this.#object(call);
    return this.#subresource(call);
  }

  /** Null for an unknown resource, or one of the other scope. */
  #find({ group, version, plural, namespace, name }: ApiPath) {
    const resource = this.#resources.find((it) =>
      it.group === group && it.version === version && it.plural === plural
    );
    if (resource === undefined) return null;
    const whole = name === null && namespace === null;
    return whole || resource.namespaced === (namespace !== null)
      ? resource
      : null;
  }

  #collection({ request, user, path, target }: ApiCall): ApiResponse {
    const everywhere = target.resource.namespaced && path.namespace === null;
    switch (request.method) {
      case "POST":
        if (everywhere) break;
        authorize(user, "create", path);
        return this.#verbs.create(request, target);
      case "DELETE":
        if (everywhere) break;
        authorize(user, "deletecollection", path);
        return this.#verbs.deleteCollection(request, target);
      case "GET":
        if (wantsWatch(request)) {
          authorize(user, "watch", path);
          return this.#watch(request, target);
        }
        authorize(user, "list", path);
        return this.#verbs.list(request, target);
    }
    throw methodNotAllowed();
  }

  #watch(request: ApiRequest, target: ObjectTarget): ApiResponse {
    const fault = this.watchFault.take();
    if (fault === null) return this.#verbs.watch(request, target);
    const { body = "" } = fault;
    return { kind: "body", status: 200, contentType: "application/json", body };
  }

  #object({ request, user, path, target }: ApiCall): ApiResponse {
    switch (request.method) {
      case "GET":
        authorize(user, "get", path);
        return this.#verbs.get(target);
      case "PUT":
        authorize(user, "update", path);
        return this.#verbs.replace(request, target);
      case "PATCH":
        authorize(user, "patch", path);
        return this.#verbs.patch(request, target);
      case "DELETE":
        if (path.subresource !== null) break;
        authorize(user, "delete", path);
        return this.#verbs.delete(request, target);
    }
    throw methodNotAllowed();
  }

  #subresource(call: ApiCall): ApiResponse {
    const { request, user, path, target } = call;
    const { resource } = target;
    const { subresource } = path;
    if (subresource === "status") {
      if (resource.hasStatusSubresource || !resource.builtIn) {
        return this.#object(call);
      }
    }
    if (subresource === "scale" && hasScale(resource)) {
      const verb = SCALE_VERBS[request.method];
      if (verb === undefined) throw methodNotAllowed();
      authorize(user, verb, path);
      return this.#verbs.scale(request, target);
    }
    if (resource.kind !== "Pod" || !resource.builtIn) throw pathNotFound();
    return this.#podSubresource(call);
  }

  #podSubresource(call: ApiCall): ApiResponse {
    const { request, user, path, target } = call;
    const { subresource } = path;
    switch (subresource) {
      case "ephemeralcontainers":
        return this.#object(call);
      case "log":
        authorize(user, "get", path);
        return logResponse(request, this.#pod(target), {
          take: () => this.logFault.take(),
          now: this.#logCut.signal,
        });
      case "eviction":
        if (request.method !== "POST") throw methodNotAllowed();
        authorize(user, "create", path);
        return this.#verbs.evict(request, target, this.#pod(target));
      case "exec":
      case "attach":
        authorizeStream(call);
        return streamResponse(
          { request, user, record: this.#pod(target), subresource },
          { protocols: this.#options.protocols, fault: this.fault },
        );
      case "portforward":
        authorizeStream(call);
        return this.#portForward(call, this.#pod(target));
    }
    throw pathNotFound();
  }

  #portForward({ request, user }: ApiCall, record: PodRecord): ApiResponse {
    const { protocols, dial } = this.#options;
    const fault = record.portForwardFault ?? this.portForwardFault;
    return portForwardResponse(
      { request, user, record },
      { protocols, dial, takeFault: () => fault.take() },
    );
  }

  #pod({ resource, namespace, name }: ObjectTarget): PodRecord {
    const record = this.#store.get(resource, namespace, name);
    if (isPod(record)) return record;
    throw pathNotFound();
  }
}

function failureResponse({ status }: ApiFailure): ApiResponse {
  const { retryAfterSeconds } = status.details ?? {};
  const response = jsonResponse(status.code, status);
  return retryAfterSeconds === undefined
    ? response
    : { ...response, headers: { "retry-after": `${retryAfterSeconds}` } };
}

/** The part of an object that a request may change. */
function writablePart(
  resource: ApiResource,
  subresource: string | null,
): WritablePart {
  if (subresource === "status") return "status";
  if (subresource === "ephemeralcontainers") return "ephemeralContainers";
  return resource.hasStatusSubresource ? "main" : "both";
}

const SCALE_VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  PUT: "update",
  PATCH: "patch",
};

function wantsWatch({ url }: ApiRequest): boolean {
  return ["true", "1"].includes(url.searchParams.get("watch") ?? "");
}

/** @throws {ApiFailure} 403. */
function authorizeStream({ request, user, path }: ApiCall): void {
  if (request.method !== "GET") return authorize(user, "create", path);
  authorize(user, "get", path);
  // Since Kubernetes 1.35 a WebSocket needs both verbs.
  authorizeWithoutReason(user, "create", path);
}
