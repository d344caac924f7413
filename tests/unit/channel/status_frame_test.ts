import { assertEquals } from "@std/assert";
import { encodeText } from "../../../src/bytes.ts";
import { mapTexts, parseStatus } from "../../../src/channel/status_frame.ts";
import { test } from "../../harness.ts";

function parse(text: string) {
  return parseStatus(encodeText(text));
}

test("a status of success is read", () => {
  assertEquals(parse('{"metadata":{},"status":"Success"}'), {
    metadata: {},
    status: "Success",
  });
});

test("a status with an exit code is read", () => {
  const status = {
    metadata: {},
    status: "Failure",
    message: "command terminated with non-zero exit code: exit status 7",
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: "7" }] },
  };
  assertEquals(parse(JSON.stringify(status)), status);
});

test("every field of a status is read", () => {
  const status = {
    apiVersion: "v1",
    kind: "Status",
    metadata: { resourceVersion: "1" },
    status: "Failure",
    message: 'pods "p" not found',
    reason: "NotFound",
    details: {
      name: "p",
      group: "g",
      kind: "pods",
      uid: "u",
      causes: [{ reason: "r", message: "m", field: "f" }],
      retryAfterSeconds: 3,
    },
    code: 404,
  };
  assertEquals(parse(JSON.stringify(status)), status);
});

test("an absent field stays absent", () => {
  const status = parse("{}");
  assertEquals(status, {});
  assertEquals(Object.keys(status!), []);
});

test("a field of the wrong type is dropped and the rest kept", () => {
  const status = {
    apiVersion: 1,
    kind: null,
    metadata: [],
    status: "Failure",
    message: { text: "no" },
    reason: ["no"],
    details: {
      name: 7,
      uid: "u",
      causes: ["no", null, [], { reason: "ExitCode", message: 7, field: "f" }],
      retryAfterSeconds: "3",
    },
    code: "500",
  };
  assertEquals(parse(JSON.stringify(status)), {
    status: "Failure",
    details: { uid: "u", causes: [{ reason: "ExitCode", field: "f" }] },
  });
});

test("details or causes of the wrong type are dropped", () => {
  const failure = { status: "Failure" };
  for (const details of ["7", "null", "[]", '"text"']) {
    assertEquals(parse(`{"status":"Failure","details":${details}}`), failure);
  }
  for (const causes of ["7", "null", "{}", '"text"']) {
    assertEquals(
      parse(`{"status":"Failure","details":{"causes":${causes}}}`),
      { ...failure, details: {} },
    );
  }
});

for (
  const text of [
    "",
    "   ",
    "plain text",
    '{"status":',
    "null",
    "7",
    '"x"',
    "[]",
  ]
) {
  test(`${JSON.stringify(text)} is no status`, () => {
    assertEquals(parse(text), null);
  });
}

test("bytes that are not UTF-8 do not throw", () => {
  assertEquals(parseStatus(Uint8Array.of(0xff, 0xfe, 0x00)), null);
  const broken = encodeText('{"status":"Failure","message":"?"}');
  broken[broken.indexOf(0x3f)] = 0xff;
  assertEquals(parseStatus(broken), { status: "Failure", message: "\ufffd" });
});

test("a status cannot reach the prototype", () => {
  const status = parse('{"__proto__":{"code":1},"status":"Success"}')!;
  assertEquals(status.code, undefined);
  assertEquals(Object.getPrototypeOf(status), Object.prototype);
});

test("the texts of a status can be changed, what machines read stays", () => {
  const status = {
    kind: "Status",
    metadata: { continue: "a", more: [1] },
    status: "Failure",
    message: "a",
    reason: "a",
    details: {
      name: "a",
      causes: [{ reason: "ExitCode", message: "7" }, { message: "a" }],
      retryAfterSeconds: 1,
    },
    code: 500,
  };
  assertEquals(mapTexts(status, () => "***"), {
    ...status,
    metadata: { continue: "***", more: [1] },
    message: "***",
    reason: "***",
    details: {
      name: "***",
      causes: [{ reason: "ExitCode", message: "7" }, { message: "***" }],
      retryAfterSeconds: 1,
    },
  });
  assertEquals(mapTexts({ status: "Success" }, () => "***"), {
    status: "Success",
  });
});
