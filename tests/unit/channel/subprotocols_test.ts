import { assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  bearerSubprotocol,
  selectSubprotocol,
  supportsHalfClose,
  V4,
  V5,
} from "../../../src/channel/subprotocols.ts";
import { ProtocolError } from "../../../src/errors.ts";
import { test } from "../../harness.ts";

test("the subprotocols have the names that the server knows", () => {
  assertEquals([V5, V4], ["v5.channel.k8s.io", "v4.channel.k8s.io"]);
});

test("the subprotocol that the server chose from those offered is selected", () => {
  assertEquals(selectSubprotocol([V5, V4], V5), V5);
  assertEquals(selectSubprotocol([V5, V4], V4), V4);
  assertEquals(selectSubprotocol([V5], V5), V5);
});

for (const answered of [null, undefined, ""]) {
  test(`a server that chose ${JSON.stringify(answered)} is refused`, () => {
    assertThrows(
      () => selectSubprotocol([V5, V4], answered),
      ProtocolError,
      `offered ${V5}, ${V4}, the server chose no subprotocol`,
    );
  });
}

test("a subprotocol that was not offered is refused, and both are named", () => {
  assertThrows(
    () => selectSubprotocol([V5], V4),
    ProtocolError,
    `offered ${V5}, the server chose ${V4}`,
  );
});

test("a subprotocol that was offered but is not supported is refused", () => {
  const v1 = "channel.k8s.io";
  assertThrows(() => selectSubprotocol([V5, v1], v1), ProtocolError, v1);
});

test("names are compared exactly", () => {
  for (const answered of [V5.toUpperCase(), ` ${V5}`, `${V5}, ${V4}`]) {
    assertThrows(() => selectSubprotocol([V5, V4], answered), ProtocolError);
  }
});

test("nothing offered means that nothing can be chosen", () => {
  assertThrows(
    () => selectSubprotocol([], V5),
    ProtocolError,
    "offered no subprotocol",
  );
});

test("a refusal does not show the bearer token", () => {
  const bearer = bearerSubprotocol("secret");
  for (const answered of ["", bearer]) {
    const error = assertThrows(
      () => selectSubprotocol([V5, bearer], answered),
      ProtocolError,
    );
    assertFalse(error.message.includes(bearer));
  }
});

test("only v5 can end stdin", () => {
  assertEquals(supportsHalfClose(V5), true);
  assertEquals(supportsHalfClose(V4), false);
});

test("a bearer token becomes a subprotocol in unpadded base64url", () => {
  const prefix = "base64url.bearer.authorization.k8s.io.";
  assertEquals(bearerSubprotocol("a"), `${prefix}YQ`);
  assertEquals(bearerSubprotocol("ab"), `${prefix}YWI`);
  assertEquals(bearerSubprotocol("abc"), `${prefix}YWJj`);
  assertEquals(bearerSubprotocol("~~~???"), `${prefix}fn5-Pz8_`);
  assertEquals(bearerSubprotocol("é€"), `${prefix}w6nigqw`);
});
