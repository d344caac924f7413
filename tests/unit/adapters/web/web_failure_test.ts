import { inspect } from "node:util";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  abnormalClose,
  bodyError,
  requestError,
} from "../../../../src/adapters/web/web_failure.ts";
import {
  ConfigurationError,
  ConnectError,
  ConnectionLostError,
  ProtocolError,
} from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";

const url = new URL("http://127.0.0.1:6443/exec?command=s3cret");

const coded = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });

const failed = (cause: Error): Error =>
  new TypeError("fetch failed", { cause });

const bun = (code: string): Error =>
  coded(
    code,
    `${code} fetching "${url}". For more information, pass \`verbose: true\` in the second argument to fetch()`,
  );

const hyper = (text: string): Error =>
  failed(
    new Error(
      `error sending request for url (${url}): client error (SendRequest): ${text}`,
    ),
  );

/** The runtimes' words as they really are. */
const RESPONSES: readonly (readonly [string, readonly Error[]])[] = [
  ["Cannot read the response: it is not valid HTTP", [
    failed(
      coded(
        "HPE_INVALID_CONSTANT",
        "Response does not match the HTTP/1.1 protocol (Expected HTTP/)",
      ),
    ),
    failed(
      new Error(
        "Response does not match the HTTP/1.1 protocol (Expected HTTP/)",
      ),
    ),
    failed(coded("UND_ERR_SOCKET", "bad response")),
    hyper("invalid HTTP version parsed"),
    hyper("invalid content-length parsed"),
    hyper("received unexpected message from connection"),
    bun("Malformed_HTTP_Response"),
    bun("InvalidContentLength"),
    bun("UnrequestedUpgrade"),
  ]],
  ["Cannot read the HTTP head: it is too long", [
    failed(coded("UND_ERR_HEADERS_OVERFLOW", "Headers Overflow Error")),
    hyper("message head is too large"),
  ]],
  ["Cannot read the HTTP body: its gzip coding is broken", [
    bun("ZlibError"),
  ]],
];

for (const [message, errors] of RESPONSES) {
  for (const error of errors) {
    test(`"${inspect(error).slice(0, 60)}" of a request: ${message}`, () => {
      const made = requestError(error, url);
      assert(made instanceof ProtocolError);
      assertEquals(made.message, message);
      const shown = inspect(made, { depth: 20, showHidden: true });
      assert(!shown.includes("s3cret"), shown);
    });
  }
}

test("a port that fetch forbids is a ConfigurationError", () => {
  for (
    const error of [
      failed(new Error("bad port")),
      new TypeError("Fetch failed: Requests to port 6443 are blocked"),
    ]
  ) {
    const made = requestError(error, url);
    assert(made instanceof ConfigurationError);
    assertEquals(
      made.message,
      "Cannot connect to 127.0.0.1:6443: fetch allows no requests to this port",
    );
  }
});

test("a page's failure names what a page cannot see", () => {
  for (
    const text of [
      "Failed to fetch",
      "Load failed",
      "NetworkError when attempting to fetch resource.",
    ]
  ) {
    const made = requestError(new TypeError(text), url);
    assert(made instanceof ConnectError);
    assert(made.message.includes("(CORS)"), made.message);
  }
});

const BODIES: readonly (readonly [string, Error])[] = [
  ["gzip", bun("ZlibError")],
  [
    "gzip",
    new TypeError("terminated", {
      cause: coded("Z_DATA_ERROR", "incorrect header check"),
    }),
  ],
  ["gzip", new TypeError("unexpected end of file")],
  ["chunked", bun("InvalidHTTPResponse")],
  [
    "chunked",
    new TypeError("terminated", {
      cause: new Error(
        "Response does not match the HTTP/1.1 protocol (Invalid character in chunk size)",
      ),
    }),
  ],
];

for (const [coding, error] of BODIES) {
  test(`"${inspect(error).slice(0, 60)}" of a body: its ${coding} coding is broken`, () => {
    const made = bodyError(error, url);
    assert(made instanceof ProtocolError);
    assertEquals(
      made.message,
      `Cannot read the HTTP body: its ${coding} coding is broken`,
    );
    const shown = inspect(made, { depth: 20, showHidden: true });
    assert(!shown.includes("s3cret"), shown);
  });
}

test("any other failure of a body is a lost connection", () => {
  for (
    const error of [
      new TypeError("terminated", {
        cause: coded("UND_ERR_SOCKET", "other side closed"),
      }),
      new TypeError("error reading a body from connection"),
      coded(
        "ECONNRESET",
        "The socket connection was closed unexpectedly. For more information, pass `verbose: true` in the second argument to fetch()",
      ),
    ]
  ) {
    const made = bodyError(error, url);
    assert(made instanceof ConnectionLostError);
    assertEquals(
      made.message,
      "Cannot read the response's body: the connection broke",
    );
  }
});

test("an end without a Close frame has one description", () => {
  for (const text of ["", "Unexpected EOF", "Connection ended"]) {
    assertEquals(abnormalClose(text), {
      code: 1006,
      reason: "the connection ended without a Close frame",
    });
  }
});

test("a reset of a WebSocket is no ProtocolError", () => {
  assertEquals(abnormalClose("Connection reset by peer (os error 104)"), {
    code: 1006,
    reason: "the connection broke",
  });
});

for (
  const text of [
    "Reserved bits are not zero",
    "Invalid close code",
    "Frame cannot be masked",
    "Received payload length > 2^31 bytes.",
    "WebSocket connection to 'ws://127.0.0.1:6443/exec?command=s3cret' failed: Protocol error - RSV1 must be clear",
    "WebSocket connection to 'ws://127.0.0.1:6443/exec?command=s3cret' failed: Server sent invalid UTF8",
  ]
) {
  test(`"${text.slice(0, 50)}" is a ProtocolError without the query`, () => {
    const { code, reason, error } = abnormalClose(text);
    assertEquals(code, 1006);
    assert(error instanceof ProtocolError);
    assertStrictEquals(error?.message, reason);
    assert(
      reason.startsWith("Cannot read the WebSocket's frames: "),
      reason,
    );
    assert(!reason.includes("s3cret"), reason);
  });
}
