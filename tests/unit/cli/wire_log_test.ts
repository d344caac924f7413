import { assert, assertEquals, assertMatch } from "@std/assert";
import { WireLog } from "../../../src/cli/wire_log.ts";
import { createClient } from "../../../src/client/create_client.ts";
import { HandshakeError } from "../../../src/errors.ts";
import type { HttpResponse } from "../../../src/transport/transport.ts";
import { test } from "../../harness.ts";
import { FakeTransport, json } from "../../support/fake_transport.ts";

const TOKEN = "eyJhbGciOiJIUzI1NiJ9.secret";

/** What the log prints of one request and one upgrade, without times. */
async function logged(
  level: number,
  answer: () => HttpResponse | Promise<HttpResponse> = () => json({ a: TOKEN }),
  refusal: Error | null = null,
): Promise<string[]> {
  let printed = "";
  const log = new WireLog(level, (text) => printed += text, () => 0);
  const transport = new FakeTransport(answer);
  transport.refusal = () => refusal;
  const client = await createClient({
    server: "https://kube.test/base",
    token: TOKEN,
    userAgent: "x/1",
    transport: log.of(transport),
    onEvent: (event) => log.onEvent(event),
  });
  const query = new URLSearchParams([["limit", "1"], ["token", TOKEN]]);
  const path = "/api/v1/pods";
  try {
    const { body } = await client.request({ method: "GET", path, query });
    await body.cancel();
  } catch {
    // It is in the log.
  }
  const words = new URLSearchParams([
    ["command", "sh"],
    ["command", "it's"],
    ["stdout", "true"],
  ]);
  const protocols = [
    "v5.channel.k8s.io",
    `base64url.bearer.authorization.k8s.io.${btoa(TOKEN)}`,
  ];
  const upgrade = { path: "/exec", query: words, protocols };
  const connection = await client.connect(upgrade).catch(() => null);
  connection?.abort();
  await client.close();
  assert(!printed.includes("secret"), printed);
  assert(!printed.includes(btoa(TOKEN)), printed);
  assert(!printed.includes("it's") && !printed.includes("it%27s"), printed);
  return printed.replace(/\d+(?=\n)/g, "N")
    .replace(/^\d\d:\d\d:\d\d\.\d{3} /gm, "").trimEnd().split("\n");
}

const PODS = "https://kube.test/base/api/v1/pods?limit=1&token=<masked>";
const EXEC = "https://kube.test/base/exec?command=<masked>&stdout=true";
const ANSWERS = [
  `Response verb="GET" url="${PODS}" status=200 milliseconds=N`,
  `Response verb="GET" url="${EXEC}" status=101 ` +
  'protocol="v5.channel.k8s.io" milliseconds=N',
  'End verb="GET" path="/exec" bytesSent=0 bytesReceived=0 milliseconds=N',
] as const;
const HEADERS = [
  "    authorization: Bearer <masked>",
  "    user-agent: x/N",
];
const UPGRADE = [
  "    connection: Upgrade",
  "    upgrade: websocket",
];

test("wire log: level 6 has the answers", async () => {
  assertEquals(await logged(6), [...ANSWERS]);
});

test("wire log: level 8 has the headers, without credentials", async () => {
  const answer = () => {
    const response = json({});
    response.headers.set("set-cookie", "secret");
    response.headers.set("echo", `a ${TOKEN} \u0007b`);
    return response;
  };
  assertEquals(await logged(8, answer), [
    `Request verb="GET" url="${PODS}"`,
    ...HEADERS,
    ANSWERS[0],
    // Bun 1.3 lists cookies last.
    "    echo: a *** b",
    "    set-cookie: <masked>",
    `Request verb="GET" url="${EXEC}"`,
    ...HEADERS,
    ...UPGRADE,
    "    sec-websocket-protocol: v5.channel.k8s.io, <masked>",
    ANSWERS[1],
    "    connection: Upgrade",
    "    sec-websocket-protocol: v5.channel.k8s.io",
    "    upgrade: websocket",
    ANSWERS[2],
  ]);
  assertEquals((await logged(7, answer)).slice(0, 5), [
    `Request verb="GET" url="${PODS}"`,
    ...HEADERS,
    ANSWERS[0],
    `Request verb="GET" url="${EXEC}"`,
  ]);
});

test("wire log: level 9 has a command of curl", async () => {
  const [request, command] = await logged(9);
  assertEquals(request, "Request");
  assertEquals(
    command,
    "    curl -v -X GET -H 'authorization: Bearer <masked>' " +
      `-H 'user-agent: x/1' '${PODS}'`,
  );
});

test("wire log: a failure and a refusal", async () => {
  const down = new Error(`no ${TOKEN}\n\u001b[1mroute`);
  const [failed, refused] = await logged(
    6,
    () => Promise.reject(down),
    new HandshakeError("Cannot connect: forbidden", { httpStatus: 403 }),
  );
  assertEquals(
    failed,
    `Response verb="GET" url="${PODS}" milliseconds=0 error="no ***; route"`,
  );
  assertMatch(refused!, /status=403 milliseconds=0 error="Cannot connect: /);
});

test("wire log: a retry has its reason", async () => {
  let tries = 0;
  const lines = await logged(6, () => {
    if (tries++ > 0) return json({});
    const response = json({ kind: "Status", message: "busy" }, 503);
    response.headers.set("retry-after", "0");
    return response;
  });
  const [first, retry, second] = lines;
  assertMatch(first!, /status=503/);
  assertMatch(retry!, /^Retry verb="GET" path="\/api\/v1\/pods" delay=\d+ err/);
  assertEquals(second, ANSWERS[0]);
});
