import {
  lastingFailure,
  markCredentialsFailure,
} from "../../../../src/config/credentials.ts";
import { ConfigurationError } from "../../../../src/errors.ts";
import { isTransient } from "../../../../src/api/watch/retry.ts";
import { test } from "../../../harness.ts";
import { assertEquals } from "@std/assert";

test("isTransient: credentials may come back, a wrong configuration stays", () => {
  const message = "Cannot run the plugin";
  const passing = markCredentialsFailure(new ConfigurationError(message));
  const lasting = markCredentialsFailure(lastingFailure(message));
  assertEquals(
    [passing, lasting, new ConfigurationError(message)].map(isTransient),
    [true, false, false],
  );
});
