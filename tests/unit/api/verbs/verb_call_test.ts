import { assertEquals, assertRejects } from "@std/assert";
import { fetchBody, prepareVerb } from "../../../../src/api/verbs/verb_call.ts";
import { Pod } from "../../../../src/client/resources.ts";
import { BufferOverflowError } from "../../../../src/errors.ts";
import { test } from "../../../harness.ts";
import { fakeClient } from "../../../support/fake_client.ts";
import { FakeTransport, text } from "../../../support/fake_transport.ts";

test("fetchBody: a response longer than the limit is a BufferOverflowError", async () => {
  const client = fakeClient(new FakeTransport(() => text("0123456789")));
  const context = { client, resource: Pod, namespace: null };
  const verb = { verb: "get", method: "GET", name: "web-0" };
  const call = prepareVerb(context, verb, {});
  assertEquals((await fetchBody(call, {}, 10)).byteLength, 10);
  const error = await assertRejects(
    () => fetchBody(call, {}, 9),
    BufferOverflowError,
    'Cannot get pods "web-0" in namespace "team": the response is longer than 9 bytes',
  );
  assertEquals([error.channel, error.limit], [null, 9]);
});
