/**
 * What must compile, and what must not. Checked by `deno check`, never run.
 *
 * @module
 */

import { Api } from "../../src/api/api.ts";
import type { AttachAccessor } from "../../src/api/attach.ts";
import type { ExecAccessor } from "../../src/api/exec.ts";
import type { ExecResult } from "../../src/api/exec_result.ts";
import type { Client } from "../../src/client/client.ts";
import type { ClientEvent } from "../../src/client/client_event.ts";
import { createClient } from "../../src/client/create_client.ts";
import type { KubeObject } from "../../src/client/kube_object.ts";
import {
  type ClusterScoped,
  defineResource,
  type HasAttach,
  type HasExec,
  type HasLogs,
  type Namespaced,
  type Resource,
  type SubresourceNotAvailable,
} from "../../src/client/resource.ts";
import { Deployment, Job, Namespace, Pod } from "../../src/client/resources.ts";
import {
  hasCondition,
  isComplete,
  isReady,
} from "../../src/api/watch/predicates/conditions.ts";
import { isRunning } from "../../src/api/watch/predicates/pod_state.ts";
import { isRolledOut } from "../../src/api/watch/predicates/rollout.ts";
import type {
  AttachSession,
  StreamSession,
} from "../../src/session/stream_session.ts";
import type { Target } from "../../src/target.ts";
import { startCluster } from "../../src/testing/mod.ts";
import { equal } from "./equal.ts";

declare const client: Client;

/** Pods can be debugged, or made for one command; other objects cannot. */
export async function onlyPodsAreStarted(): Promise<void> {
  const pods = new Api(Pod, { client });
  const session = await pods.debug("web-0", {
    image: "busybox",
    profile: "netadmin",
    spec: { volumeMounts: [{ name: "data", mountPath: "/data" }] },
  });
  equal<typeof session.container, string>();
  equal<typeof session.exitCode, Promise<number | null>>();
  const result = await pods.runOnce({ image: "busybox", stdin: "text" });
  equal<typeof result.pod, string>();
  const asResult: ExecResult = result;
  asResult.throwIfFailed();
  const once: StreamSession = await pods.streamOnce({
    image: "busybox",
    tty: true,
    spec: { volumes: [{ name: "data", emptyDir: {} }] },
  });
  await once.close();
  // @ts-expect-error an image is needed
  pods.runOnce({ command: ["ls"] });
  // @ts-expect-error there is no such profile
  pods.debug("web-0", { image: "busybox", profile: "root" });
  // @ts-expect-error the image is an option
  pods.debug("web-0", { image: "busybox", spec: { image: "other" } });
  // @ts-expect-error runOnce never has a terminal
  pods.runOnce({ image: "busybox", tty: true });
  const deployments = new Api(Deployment, { client });
  // @ts-expect-error a Deployment is no pod
  deployments.debug("web", { image: "busybox" });
  // @ts-expect-error a Deployment is no pod
  deployments.runOnce({ image: "busybox" });
}

/** On a Pod, exec and attach are there, and results infer. */
export async function podHasExecAndAttach(): Promise<void> {
  const pods = new Api(Pod, { client, namespace: "default" });
  equal<typeof pods.exec, ExecAccessor>();
  equal<typeof pods.attach, AttachAccessor>();
  const result = await pods.exec.run("web-0", { command: ["ls"] });
  equal<typeof result, ExecResult>();
  equal<typeof result.exitCode, number | null>();
  const session = await pods.attach.stream("web-0", { stdin: true });
  equal<typeof session, AttachSession>();
  equal<typeof session.exitCode, Promise<null>>();
  const anySession: StreamSession = session;
  equal<typeof anySession.exitCode, Promise<number | null>>();
  // @ts-expect-error attach has no run
  pods.attach.run;
  // @ts-expect-error a command is needed
  pods.exec.run("web-0", {});
  // @ts-expect-error a command is a list
  pods.exec.run("web-0", { command: "ls" });
  const target: Target = { labelSelector: "app=web" };
  pods.attach.stream(target);
  pods.logs.text("deploy/web");
  pods.exec.run(target, {
    command: ["ls"],
    cwd: "/",
    env: { A: "1", B: undefined },
    killOnAbort: "TERM",
    onKilled: (killed) => equal<typeof killed, boolean>(),
  });
  // @ts-expect-error a target's selector is text
  pods.exec.run({ labelSelector: { app: "web" } }, { command: ["ls"] });
  // @ts-expect-error an unknown signal
  pods.exec.run(target, { command: ["ls"], killOnAbort: "HUP" });
  // @ts-expect-error a stream is ended by its owner
  pods.exec.stream(target, { command: ["ls"], killOnAbort: true });
  // @ts-expect-error run never uses a terminal
  pods.exec.run("web-0", { command: ["sh"], tty: true });
}

/** Bytes of any buffer go in, and what comes out suits the platform's types. */
export async function streamsFitThePlatform(
  session: StreamSession,
  source: ReadableStream<Uint8Array>,
): Promise<void> {
  await source.pipeTo(session.stdin);
  new Response(session.stdout);
  session.stderr.pipeThrough(new TextDecoderStream());
  const result = await new Api(Pod, { client }).exec.run("web-0", {
    command: ["cat"],
    stdin: source,
  });
  new Blob([result.stdout]);
}

/** On a Deployment neither compiles. */
export function deploymentHasNeither(): void {
  const deployments = new Api(Deployment, { client });
  equal<typeof deployments.exec, SubresourceNotAvailable<"exec">>();
  equal<typeof deployments.attach, SubresourceNotAvailable<"attach">>();
  // @ts-expect-error no exec on a Deployment
  deployments.exec.run("web", { command: ["ls"] });
  // @ts-expect-error no attach on a Deployment
  deployments.attach.stream("web");
  const general: SubresourceNotAvailable = deployments.exec;
  void general;
}

/** Objects and results have the resource's type; a stored one has a name. */
export async function objectsInfer(): Promise<void> {
  const pods = new Api(Pod, { client });
  const created = await pods.create({
    metadata: { generateName: "x-" },
    spec: { containers: [{ name: "main", image: "busybox" }] },
  });
  equal<typeof created.metadata.name, string>();
  equal<typeof created.spec.containers[0], Pod["spec"]["containers"][0]>();
  const list = await pods.list({ labelSelector: "app=web" });
  for (const pod of list.items) equal<typeof pod.metadata.name, string>();
  // @ts-expect-error a pod needs containers
  pods.create({ spec: {} });
  // @ts-expect-error a Pod is not made of a Deployment's parts
  pods.create({ spec: { replicas: 2 } });
  const namespace = await new Api(Namespace, { client }).get("default");
  equal<typeof namespace.kind, string | undefined>();
}

/** A type predicate narrows the result. */
export async function waitForNarrows(): Promise<void> {
  const pods = new Api(Pod, { client });
  const running = await pods.waitFor("web-0", isRunning);
  equal<typeof running.status.phase, "Running">();
  equal<typeof running.metadata.name, string>();
  const any = await pods.waitFor("web-0", (pod) => pod?.status !== undefined);
  equal<Extract<typeof any, undefined>, undefined>();
  const pod: Pod | undefined = any;
  // A pod that does not run is a pod still.
  if (!isRunning(pod)) equal<typeof pod, Pod | undefined>();
  if (!isReady(pod)) equal<typeof pod, Pod | undefined>();
  const ready = await pods.waitFor("web-0", isReady);
  equal<typeof ready.status.phase, string | undefined>();
  const deployments = new Api(Deployment, { client });
  const rolledOut = await deployments.waitFor("web", isRolledOut);
  equal<typeof rolledOut.status.replicas, number | undefined>();
  const available = hasCondition("Available");
  const { status } = await deployments.waitFor("web", available);
  equal<typeof status.replicas, number | undefined>();
  const jobs = new Api(Job, { client });
  const job = await jobs.waitFor("sum", isComplete);
  equal<typeof job.status.succeeded, number | undefined>();
  // @ts-expect-error a Pod is no Job
  pods.waitFor("web-0", isComplete);
}

/** `defineResource`: the definition determines the markers. */
export function definedResources(): void {
  interface Cell extends KubeObject {
    spec: { size: number };
  }
  const place = { version: "v1", kind: "Cell", plural: "cells" };
  const plain = defineResource<Cell>(place);
  equal<typeof plain, Resource<Cell> & Namespaced>();
  const withExec = defineResource<Cell>({ ...place, exec: true });
  equal<typeof withExec, Resource<Cell> & Namespaced & HasExec>();
  const all = { exec: true, attach: true, logs: true } as const;
  const withAll = defineResource<Cell>({ ...place, ...all });
  const like: Resource<Cell> & HasExec & HasAttach & HasLogs = withAll;
  void like;
  const wide = defineResource<Cell>({ ...place, namespaced: false });
  equal<typeof wide, Resource<Cell> & ClusterScoped>();
  const later = defineResource({ ...place, namespaced: place.version > "v1" });
  equal<typeof later.namespaced, boolean>();
  const cells = new Api(withExec, { client });
  equal<typeof cells.exec, ExecAccessor>();
  equal<typeof cells.attach, SubresourceNotAvailable<"attach">>();
  // @ts-expect-error the size is a number
  cells.create({ spec: { size: "big" } });
}

/** A cluster closes at the end of its scope. */
export async function clusterIsDisposable(): Promise<string> {
  await using cluster = await startCluster();
  return cluster.server;
}

/** Events are told apart by their type. */
export async function eventsNarrow(event: ClientEvent): Promise<void> {
  equal<typeof event.id, number>();
  if (event.type === "end") {
    equal<typeof event.exitCode, number | null>();
    equal<typeof event.error, unknown>();
  } else if (event.type === "open") equal<typeof event.protocol, string>();
  else if (event.type === "retry") equal<typeof event.delay, number>();
  else if (event.type === "response") {
    equal<typeof event.httpStatus, number>();
  } else if (event.type === "warning") equal<typeof event.text, string>();
  else equal<typeof event.type, "request" | "upgrade">();
  // @ts-expect-error only some events have it
  event.httpStatus;
  await createClient({ onEvent() {}, retry: false, userAgent: "me/1" });
  await createClient({ onEvent: ({ path }) => console.log(path) });
  await createClient({ retry: { limit: 3 } });
  // @ts-expect-error there is no such setting
  await createClient({ retry: { times: 3 } });
  // @ts-expect-error true means nothing
  await createClient({ retry: true });
}
