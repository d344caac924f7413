import { Api } from "../../src/api/api.ts";
import { Pod } from "../../src/client/resources.ts";
import { fakeClient } from "./fake_client.ts";
import { FakeTransport, json } from "./fake_transport.ts";
import { respond, type ScriptedAnswer } from "./scripted_api.ts";

/** A container's state, as `GET pod` reports it. */
export interface RunStatus {
  readonly uid?: string;
  /** The kind of the pod's owner; defaults to none. */
  readonly owner?: string;
  readonly id?: string;
  readonly state: object;
  /** The ID of the previous run. */
  readonly previous?: string;
  /** How often the container has restarted. */
  readonly restarts?: number;
  readonly phase?: string;
  /** Defaults to one container, `main`. */
  readonly spec?: object;
}

export const RUNNING: RunStatus = {
  id: "run://1",
  state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
};

export const TERMINATED: RunStatus = {
  id: "run://1",
  state: { terminated: { exitCode: 0, containerID: "run://1" } },
};

/**
 * An Api whose server gives an answer for each request of the log, and reports
 * these statuses of the pod, one for each request; the last one stays. An Error
 * or a response takes the place of a status.
 */
export function scriptedLog(
  statuses: readonly (RunStatus | ScriptedAnswer)[],
  ...answers: ScriptedAnswer[]
) {
  const requests: string[] = [];
  const left = [...statuses];
  const client = fakeClient(
    new FakeTransport(({ url, signal }) => {
      const isLog = url.pathname.endsWith("/log");
      requests.push(isLog ? `log${url.search}` : "pod");
      if (isLog) return respond(answers.shift() ?? "silence", signal);
      const status = left.length > 1 ? left.shift()! : left[0]!;
      if (typeof status === "object" && "state" in status) {
        return json(podIn(status));
      }
      return respond(status as ScriptedAnswer, signal);
    }),
  );
  return { client, requests, pods: new Api(Pod, { client }) };
}

function podIn(
  { uid = "u", owner, id, state, previous, restarts, phase, spec }: RunStatus,
) {
  const lastState = previous === undefined
    ? {}
    : { terminated: { exitCode: 0, containerID: previous } };
  return {
    metadata: {
      name: "web-0",
      uid,
      resourceVersion: "1",
      ownerReferences: owner === undefined ? [] : [{ kind: owner }],
    },
    spec: { containers: [{ name: "main" }], ...spec },
    status: {
      phase: phase ?? "Running",
      containerStatuses: [{
        name: "main",
        containerID: id,
        state,
        lastState,
        restartCount: restarts,
      }],
    },
  };
}
