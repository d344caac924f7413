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

/** How the server handles one request: a response, an open body, an error, or no answer. */
export type ScriptedAnswer = HttpResponse | FakeBody | Error | "silence";

/** An Api whose server answers each request by script, then no longer. */
export interface ScriptedApi {
  readonly pods: Api<typeof Pod>;
  readonly client: ClusterClient;
  readonly transport: FakeTransport;
  /** Method, path and query of each request. */
  readonly requests: string[];
}

/** Creates an Api whose server gives these answers, one per request. */
export function scriptedApi(...answers: ScriptedAnswer[]): ScriptedApi {
  const requests: string[] = [];
  const answer = ({ method, url, signal }: HttpRequest) => {
    requests.push(`${method} ${url.pathname}${url.search}`);
    return respond(answers.shift() ?? "silence", signal);
  };
  const transport = new FakeTransport(answer);
  const client = fakeClient(transport);
  return { client, transport, requests, pods: new Api(Pod, { client }) };
}

/** Gives one answer of a script. */
export function respond(
  answer: ScriptedAnswer,
  signal: AbortSignal,
): HttpResponse | Promise<HttpResponse> {
  if (answer === "silence") return never(signal);
  if (answer instanceof Error) throw answer;
  return answer instanceof FakeBody ? answer.answer(signal) : answer;
}

/** A pod as the server returns it. */
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

/** A watch response that starts with these events and stays open. */
export function watching(...events: [type: string, object: unknown][]) {
  return new FakeBody().writeJson(
    ...events.map(([type, object]) => ({ type, object })),
  );
}

/** The Status for an expired resource version. */
export const EXPIRED = {
  kind: "Status",
  status: "Failure",
  code: 410,
  reason: "Expired",
  message: "too old resource version: 1 (2)",
};

/** The `resourceVersion` of a request, or null. */
export function versionIn(request: string | undefined): string | null {
  return new URL(request!.split(" ")[1]!, "http://a").searchParams
    .get("resourceVersion");
}
