// Which pod and port a connection goes to, what is offered, and what is refused.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Api } from "../../../../src/api/api.ts";
import type { PortForwardOptions } from "../../../../src/api/port_forward/forward_call.ts";
import type { ClientSettings } from "../../../../src/client/cluster_client.ts";
import { Deployment, Pod } from "../../../../src/client/resources.ts";
import {
  CallTimeoutError,
  PortForwardError,
  SubresourceNotAvailableError,
  TargetNotFoundError,
} from "../../../../src/errors.ts";
import type { Target } from "../../../../src/target.ts";
import type { TransportCapabilities } from "../../../../src/transport/transport.ts";
import { test } from "../../../harness.ts";
import { rejection } from "../../../support/async.ts";
import { fakeClient } from "../../../support/fake_client.ts";
import { FakeTransport, json, never } from "../../../support/fake_transport.ts";

const TUNNEL = "SPDY/3.1+portforward.k8s.io";
const V4 = "v4.channel.k8s.io";
const BASE = "/prefix/api/v1/namespaces/team";

const web0 = {
  metadata: { name: "web-0", labels: { app: "web" } },
  spec: {
    containers: [
      { name: "main", ports: [{ name: "http", containerPort: 8080 }] },
      {
        name: "dns",
        ports: [{ name: "dns", containerPort: 53, protocol: "UDP" }],
      },
    ],
    initContainers: [
      { name: "sidecar", ports: [{ name: "admin", containerPort: 9901 }] },
    ],
  },
  status: { phase: "Running" },
};

/** A Service of these ports. */
function service(ports: unknown[], clusterIP = "10.0.0.1") {
  return {
    metadata: { name: "web" },
    spec: { selector: { app: "web" }, clusterIP, ports },
  };
}

interface SetUp {
  readonly service?: unknown;
  readonly capabilities?: Partial<TransportCapabilities>;
  readonly settings?: Partial<ClientSettings>;
}

/** The pods of a server, and what it was asked. */
function setUp({ service, capabilities, settings }: SetUp = {}) {
  const transport = new FakeTransport(({ url }) => {
    const path = url.pathname.slice(BASE.length);
    if (path === "/pods") return json({ metadata: {}, items: [web0] });
    if (path === "/pods/web-0") return json(web0);
    if (path === "/services/web" && service) return json(service);
    if (path.endsWith("/deployments/web")) {
      return json({ spec: { selector: { matchLabels: { app: "web" } } } });
    }
    return json({ kind: "Status", message: "not found", code: 404 }, 404);
  }, { tunnel: true, ...capabilities });
  const client = fakeClient(transport, settings);
  return { transport, client, pods: new Api(Pod, { client }) };
}

/** Where a connection goes, and how many requests came before. */
async function reached(
  target: Target,
  port: number | string,
  options?: SetUp,
): Promise<[path: string, requests: number]> {
  const { transport, client, pods } = setUp(options);
  await pods.portForward.connect(target, port);
  const { pathname, search } = transport.upgrades[0]!.url;
  await client.close();
  const path = `${pathname.slice(BASE.length)}${search}`;
  return [path, transport.requests.length];
}

const WEB_0 = "/pods/web-0/portforward";

test("a pod's name and a number cost no further request", async () => {
  for (const target of ["web-0", "pod/web-0"]) {
    assertEquals(await reached(target, 81), [`${WEB_0}?ports=81`, 0]);
  }
});

test("a name is looked up in all containers that may have TCP ports", async () => {
  assertEquals(await reached("web-0", "http"), [`${WEB_0}?ports=8080`, 1]);
  assertEquals(await reached("web-0", "admin"), [`${WEB_0}?ports=9901`, 1]);
});

test("a pod is chosen for other targets", async () => {
  for (const port of [8080, "http"]) {
    const path = `${WEB_0}?ports=8080`;
    assertEquals(await reached("deploy/web", port), [path, 2]);
    const selector = { labelSelector: "app=web" };
    assertEquals(await reached(selector, port), [path, 1]);
  }
});

const SERVICE_PORTS: readonly [string, unknown, number | string, number][] = [
  ["its target port", { port: 80, targetPort: 8081 }, 80, 8081],
  ["its target port's name", { port: 80, targetPort: "http" }, 80, 8080],
  ["the same number without a target port", { port: 80 }, 80, 80],
  ["the same number for target port 0", { port: 80, targetPort: 0 }, 80, 80],
  [
    "a port by its name",
    { name: "web", port: 80, targetPort: 8081 },
    "web",
    8081,
  ],
];

for (const [what, given, port, expected] of SERVICE_PORTS) {
  test(`a Service's port leads to the pod's: ${what}`, async () => {
    const others = { port: 443, targetPort: 8443, name: "https" };
    const found = await reached("svc/web", port, {
      service: service([others, given]),
    });
    assertEquals(found, [`${WEB_0}?ports=${expected}`, 2]);
  });
}

test("a headless Service's port is the pod's own", async () => {
  const options = {
    service: service([{ port: 80, targetPort: 8081 }], "None"),
  };
  const found = await reached("svc/web", 80, options);
  assertEquals(found, [`${WEB_0}?ports=80`, 2]);
});

const MISSING: readonly [Target, number | string, unknown, string][] = [
  [
    "web-0",
    "metrics",
    null,
    'no container of pods "web-0" has a TCP port "metrics"; it has http, admin',
  ],
  ["web-0", "dns", null, "it has http, admin"],
  ["deploy/web", "metrics", null, "it has http, admin"],
  [
    "svc/web",
    81,
    service([{ port: 80 }]),
    "the Service has no TCP port 81; it has 80",
  ],
  ["svc/web", 53, service([{ port: 53, protocol: "UDP" }]), "no TCP port 53"],
  ["svc/web", "a", service([{ port: 80, name: "b" }]), '"a"; it has 80 (b)'],
  [
    "svc/web",
    80,
    service([{ port: 80, targetPort: "x" }]),
    "it has http, admin",
  ],
];

for (const [target, port, object, words] of MISSING) {
  test(`a port that does not exist: ${port} of ${target}: ${words}`, async () => {
    const { pods, transport } = setUp({ service: object });
    const error = await rejection(
      pods.portForward.connect(target, port),
      PortForwardError,
    );
    assertEquals([error.port, error.reason], [port, "NoSuchPort"]);
    assertStringIncludes(error.message, words);
    assertEquals(transport.upgrades, []);
  });
}

test("a target without a pod is TargetNotFoundError", async () => {
  const { pods } = setUp();
  for (const target of ["svc/web", "sts/web"]) {
    await rejection(pods.portForward.connect(target, 80), TargetNotFoundError);
  }
  await rejection(
    pods.portForward.connect("pod/nowhere", "http"),
    TargetNotFoundError,
  );
});

test("both subprotocols are offered in one handshake, where the transport can", async () => {
  const offers = async (options: SetUp) => {
    const { pods, transport, client } = setUp(options);
    const { protocol } = await pods.portForward.connect("web-0", 80);
    await client.close();
    return [transport.upgrades.map(({ protocols }) => protocols), protocol];
  };
  assertEquals(await offers({}), [[[TUNNEL, V4]], TUNNEL]);
  const v5 = { settings: { protocol: "v5" } } as const;
  assertEquals(await offers(v5), [[[TUNNEL, V4]], TUNNEL]);
  const v4 = { settings: { protocol: "v4" } } as const;
  assertEquals(await offers(v4), [[[V4]], V4]);
  const web = { capabilities: { tunnel: undefined } } as never;
  assertEquals(await offers(web), [[[V4]], V4]);
});

const INVALID: readonly [unknown, unknown, unknown, string][] = [
  ["web-0", 0, {}, "the port 0 is neither"],
  ["web-0", 65536, {}, "the port 65536"],
  ["web-0", 1.5, {}, "the port 1.5"],
  ["web-0", -1, {}, "the port -1"],
  ["web-0", NaN, {}, "the port NaN"],
  ["web-0", "", {}, 'the port ""'],
  ["web-0", "80", {}, "give a number, not text"],
  ["web-0", "a b", {}, 'the port "a b"'],
  ["web-0", undefined, {}, "the port undefined"],
  ["web-0", null, {}, "the port null"],
  ["web-0", {}, {}, "the port"],
  ["", 80, {}, "no name is given"],
  ["cm/web", 80, {}, 'no kind "cm" has pods'],
  ["web-0", 80, { hostname: "::1" }, 'no option "hostname"'],
  ["web-0", 80, { timout: 1 }, 'did you mean "timeout"'],
  ["web-0", 80, { timeout: -1 }, "the timeout -1"],
  ["web-0", 80, { namespace: "a/b" }, 'the namespace contains "/"'],
];

for (const [target, port, options, words] of INVALID) {
  test(`refused before anything is sent: ${JSON.stringify([target, port, options])}`, async () => {
    const { pods, transport } = setUp();
    const error = await rejection<Error>(
      pods.portForward.connect(
        target as string,
        port as number,
        options as PortForwardOptions,
      ),
    );
    assertEquals(
      [TypeError, RangeError].some((it) => error instanceof it),
      true,
    );
    assertStringIncludes(error.message, words);
    assertEquals(transport.upgrades.length + transport.requests.length, 0);
  });
}

test("only a Pod has port-forward", async () => {
  const { client } = setUp();
  const error = await rejection(
    (async () => await new Api(Deployment, { client }).portForward)(),
    SubresourceNotAvailableError,
  );
  assertEquals([error.kind, error.subresource], ["Deployment", "portforward"]);
});

test("a signal that has aborted, or aborts while the port is looked up", async () => {
  const reason = new Error("enough");
  const { pods, transport } = setUp();
  const signal = AbortSignal.abort(reason);
  const early = pods.portForward.connect("web-0", "http", { signal });
  assertEquals(await rejection(early), reason);
  assertEquals(transport.requests, []);
  const controller = new AbortController();
  const waiting = new FakeTransport(({ signal }) => {
    const answer = never(signal);
    controller.abort(reason);
    return answer;
  });
  const client = fakeClient(waiting);
  const late = new Api(Pod, { client }).portForward.connect("web-0", "http", {
    signal: controller.signal,
  });
  assertEquals(await rejection(late), reason);
});

test("the timeout covers the look-up of the port", async () => {
  const transport = new FakeTransport(({ signal }) => never(signal));
  const client = fakeClient(transport);
  const pods = new Api(Pod, { client });
  const error = await rejection(
    pods.portForward.connect("web-0", "http", { timeout: 20 }),
    CallTimeoutError,
  );
  assertStringIncludes(error.message, 'forward port "http" of pods "web-0"');
});
