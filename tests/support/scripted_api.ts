import { Api } from "../../src/api/api.ts";
import type { ClusterClient } from "../../src/client/cluster_client.ts";
import { Pod } from "../../src/client/resources.ts";
import type {
  HttpRequest,
  HttpResponse,
} from "../../src/transport/transport.ts";
import { fakeClient } from "./fake_client.ts";
import { FakeTransport, json, never } from "./fake_transport.ts";
import { FakeBody } from "./fake_body.ts";

/** What a server does with one request: an answer, whole or yet to come, an error, or nothing. */
export type ScriptedAnswer = HttpResponse | FakeBody | Error | "silence";

/** An Api whose server plays a turn for each request, and is silent then. */
export interface ScriptedApi {
  readonly pods: Api<typeof Pod>;
  readonly client: ClusterClient;
  /** Method, path and query of each request. */
  readonly requests: string[];
}

/** Plays the turns, one for each request. */
export function scriptedApi(...turns: ScriptedAnswer[]): ScriptedApi {
  const requests: string[] = [];
  const answer = ({ method, url, signal }: HttpRequest) => {
    requests.push(`${method} ${url.pathname}${url.search}`);
    const turn = turns.shift() ?? "silence";
    if (turn === "silence") return never(signal);
    if (turn instanceof Error) throw turn;
    return turn instanceof FakeBody ? turn.answer(signal) : turn;
  };
  const client = fakeClient(new FakeTransport(answer));
  return { client, requests, pods: new Api(Pod, { client }) };
}

/** A pod, as the server has it. */
export function pod(name: string, version: number, phase = "Running") {
  const resourceVersion = String(version);
  return {
    metadata: { name, uid: `uid of ${name}`, resourceVersion },
    spec: { containers: [{ name: "main" }] },
    status: {
      phase,
      containerStatuses: [{ name: "main", ready: phase === "Running" }],
    },
  };
}

/** A list of pods. */
export function list(version: number, ...items: unknown[]): HttpResponse {
  return json({ metadata: { resourceVersion: String(version) }, items });
}

/** A watch that has told some events, and goes on. */
export function watching(...events: [type: string, object: unknown][]) {
  return new FakeBody().writeJson(
    ...events.map(([type, object]) => ({ type, object })),
  );
}

/** The Status of a version that the server has let go of. */
export const EXPIRED = {
  kind: "Status",
  status: "Failure",
  code: 410,
  reason: "Expired",
  message: "too old resource version: 1 (2)",
};

/** The `resourceVersion` of a request; null for none. */
export function versionIn(request: string | undefined): string | null {
  return new URL(request!.split(" ")[1]!, "http://a").searchParams
    .get("resourceVersion");
}
