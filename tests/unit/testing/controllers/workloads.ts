import {
  Api,
  type Client,
  type Deployment,
  Pod,
  type Stored,
} from "../../../../mod.ts";
import { macrotask } from "../../../support/async.ts";

/** What varies in the pods of a test's workload. */
export interface TemplateShape {
  readonly image?: string;
  readonly command?: string[];
  readonly restartPolicy?: string;
  /** Whether the pods stay Pending. */
  readonly stuck?: boolean;
}

/** A pod template, labelled `app`. */
export function template(app: string, shape: TemplateShape = {}) {
  const { image = "busybox", command, restartPolicy, stuck } = shape;
  return {
    metadata: {
      labels: { app },
      ...(stuck ? { annotations: { "podwire.dev/unschedulable": "yes" } } : {}),
    },
    spec: {
      containers: [{ name: "main", image, command }],
      ...(restartPolicy === undefined ? {} : { restartPolicy }),
    },
  };
}

/** The spec of a workload whose selector is its template's label. */
export function workload(app: string, shape?: TemplateShape) {
  return {
    selector: { matchLabels: { app } },
    template: template(app, shape),
  };
}

/** The pods with the label, in the order of their names. */
export async function podsOf(
  client: Client,
  app: string,
): Promise<Stored<Pod>[]> {
  const labelSelector = `app=${app}`;
  return (await new Api(Pod, { client }).list({ labelSelector })).items;
}

/** Waits until the pods with the label are as wanted, and returns them. */
export async function untilPods(
  client: Client,
  app: string,
  wanted: (pods: readonly Stored<Pod>[]) => boolean,
): Promise<Stored<Pod>[]> {
  for (let round = 0; round < 1_000; round++) {
    const pods = await podsOf(client, app);
    if (wanted(pods)) return pods;
    await macrotask();
  }
  throw new Error(`the pods of ${app} never were as wanted: ${wanted}`);
}

export function isReady({ status }: Pod): boolean {
  return status?.conditions
    ?.some((it) => it.type === "Ready" && it.status === "True") ?? false;
}

export function namesOf(
  objects: readonly { readonly metadata: { readonly name: string } }[],
): string[] {
  return objects.map(({ metadata }) => metadata.name);
}

/** Whether a Deployment has finished rolling out, as kubectl sees it. */
export function isSettled(deployment: Stored<Deployment> | undefined): boolean {
  const { metadata, spec, status } = deployment ?? {};
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ??
    {};
  return status?.observedGeneration === metadata?.generation &&
    updatedReplicas === (spec?.replicas ?? 1) && replicas === updatedReplicas &&
    availableReplicas === updatedReplicas;
}
