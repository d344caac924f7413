// Tools that mix `require` and `import` load a package twice.
import { assert, assertEquals } from "@std/assert";
import { cp, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { isTransient } from "../../src/api/watch/retry.ts";
import {
  ConfigurationError,
  ConnectError,
  PodwireError,
  ProtocolError,
} from "../../src/errors.ts";
import * as errors from "../../src/errors.ts";
import { HeadTooLongError } from "../../src/http/head.ts";
import { test } from "../harness.ts";
import { root } from "../harness/preload/specifiers.ts";
import { withTempFolder } from "../support/temp_folder.ts";

type Errors = typeof errors;
type ErrorClass = typeof PodwireError;

/** The module, loaded a second time from copies of its files. */
let other!: Errors;
await withTempFolder(async ({ path }) => {
  const sources = new URL("src/", root);
  await writeFile(`${path}/package.json`, '{ "type": "module" }');
  for (const name of ["errors.ts", "errors"]) {
    await cp(new URL(name, sources), `${path}/${name}`, { recursive: true });
  }
  other = await import(pathToFileURL(`${path}/errors.ts`).href);
});

/** The classes of a copy of the module, by name. */
function classesOf(copy: Errors): [string, ErrorClass][] {
  return Object.entries(copy)
    .filter(([name]) => name.endsWith("Error")) as [string, ErrorClass][];
}

/** An error of a class, however it is made. */
function instanceOf({ prototype }: ErrorClass): unknown {
  return Object.create(prototype);
}

test("errors: the other copy is a copy", () => {
  assert(other.ConnectError !== ConnectError);
  assertEquals(classesOf(other).length, classesOf(errors).length);
});

test("errors: instanceof recognises each class of another copy", () => {
  for (const [name, own] of classesOf(errors)) {
    for (const [otherName, theirs] of classesOf(other)) {
      const expected = name === otherName || own === PodwireError;
      const error = instanceOf(theirs);
      assertEquals(error instanceof own, expected, `${otherName} as ${name}`);
    }
  }
});

test("errors: instanceof of one copy is as usual", () => {
  for (const [name, own] of classesOf(errors)) {
    const error = instanceOf(own);
    assert(error instanceof own && error instanceof PodwireError, name);
    assert(error instanceof Error, name);
    assertEquals((error as Error).name, name);
    for (const [otherName, sibling] of classesOf(errors)) {
      const expected = sibling === own || sibling === PodwireError;
      assertEquals(error instanceof sibling, expected, `${name} ${otherName}`);
    }
  }
});

test("errors: a subclass is not taken for its base", () => {
  class OwnError extends ConnectError {}
  const { ConnectError: Theirs } = other;
  const error = new Theirs("Cannot connect", { code: "ECONNREFUSED" });
  assert(error instanceof ConnectError);
  assertEquals(error instanceof OwnError, false);
  const own = new OwnError("Cannot connect", { code: "ECONNREFUSED" });
  assert(own instanceof OwnError && own instanceof Theirs);
  assert(new HeadTooLongError(1) instanceof other.ProtocolError);
  assertEquals(new other.ProtocolError("x") instanceof HeadTooLongError, false);
  assert(new HeadTooLongError(1) instanceof ProtocolError);
});

test("errors: what is no error is none", () => {
  const looksLike = { name: "ConnectError", code: "ECONNREFUSED" };
  for (const value of [null, undefined, 1, "ConnectError", looksLike]) {
    assertEquals(value as unknown instanceof ConnectError, false);
    assertEquals(value as unknown instanceof PodwireError, false);
  }
  assertEquals(new Error("x") instanceof PodwireError, false);
});

test("errors: their stack begins with the class and the message", () => {
  const error = new ConfigurationError("Cannot find a cluster");
  assertEquals(
    `${error.stack}`.split("\n")[0],
    "ConfigurationError: Cannot find a cluster",
  );
  assertEquals(Object.keys(error), []);
});

test("errors: another copy's failures are retried", () => {
  const options = { code: "ECONNREFUSED" } as const;
  assert(isTransient(new other.ConnectError("Cannot connect", options)));
  assertEquals(
    isTransient(new other.ConnectError("x", { code: "CERT_NAME" })),
    false,
  );
});
