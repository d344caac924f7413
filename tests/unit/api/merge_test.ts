import { assert, assertEquals, assertRejects } from "@std/assert";
import { Merge } from "../../../src/api/merge.ts";
import { test } from "../../harness.ts";

test("merge: values come in the order in which they arrive", async () => {
  const merge = new Merge<string>();
  const [a, b] = [new Source(), new Source()];
  merge.add(a);
  merge.add(b);
  const values = merge.values();
  const first = values.next();
  b.give("b1");
  assertEquals((await first).value, "b1");
  a.give("a1");
  b.give("b2");
  assertEquals((await values.next()).value, "a1");
  assertEquals((await values.next()).value, "b2");
  a.end();
  b.end();
  assert((await values.next()).done);
});

test("merge: a source is asked again only after its value was taken", async () => {
  const merge = new Merge<string>();
  const source = new Source();
  merge.add(source);
  const values = merge.values();
  source.give("1");
  assertEquals((await values.next()).value, "1");
  assertEquals(source.requests, 1);
  const next = values.next();
  await settle();
  assertEquals(source.requests, 2);
  source.end();
  assert((await next).done);
});

test("merge: a task adds sources while nobody reads, and its failure is the values'", async () => {
  const merge = new Merge<string>();
  const source = new Source();
  const { promise, reject } = Promise.withResolvers<void>();
  merge.attend((async () => {
    await settle();
    merge.add(source);
    await promise;
  })());
  const values = merge.values();
  const first = values.next();
  await settle();
  source.give("1");
  assertEquals((await first).value, "1");
  const failure = new Error("the task's");
  reject(failure);
  assertEquals(await values.next().catch((error) => error), failure);
  source.end();
  await merge.close();
});

test("merge: the values last as long as a task", async () => {
  const merge = new Merge<string>();
  const { promise, resolve } = Promise.withResolvers<void>();
  merge.attend(promise);
  const next = merge.values().next();
  await settle();
  resolve();
  assert((await next).done);
});

test("merge: a busy source does not keep a quiet one waiting", async () => {
  const merge = new Merge<string>();
  async function* endless(): AsyncGenerator<string, void> {
    while (true) yield "busy";
  }
  const quiet = new Source();
  merge.add(endless());
  merge.add(quiet);
  const seen: string[] = [];
  for await (const value of merge.values()) {
    seen.push(value);
    if (seen.length === 100) quiet.give("quiet");
    if (value === "quiet" || seen.length > 1000) break;
  }
  quiet.end();
  await merge.close();
  assert(seen.length < 110, `the quiet value came after ${seen.length}`);
});

test("merge: a source may be added while another is read", async () => {
  const merge = new Merge<number>();
  async function* count(from: number): AsyncGenerator<number, void> {
    yield from;
    yield from + 1;
  }
  merge.add(count(0));
  const seen: number[] = [];
  for await (const value of merge.values()) {
    seen.push(value);
    if (value === 0) merge.add(count(10));
  }
  assertEquals(seen.sort((a, b) => a - b), [0, 1, 10, 11]);
});

test("merge: a failure is thrown in its turn, and close ends the others", async () => {
  const merge = new Merge<string>();
  const [good, bad] = [new Source(), new Source()];
  merge.add(good);
  merge.add(bad);
  const values = merge.values();
  good.give("1");
  bad.fail(new Error("bad"));
  assertEquals((await values.next()).value, "1");
  await assertRejects(() => values.next(), Error, "bad");
  await merge.close();
  assert(good.returned && !bad.returned);
});

/** An iterator whose values the test gives. */
class Source implements AsyncIterator<string> {
  requests = 0;
  returned = false;
  #given = Promise.withResolvers<IteratorResult<string>>();

  next(): Promise<IteratorResult<string>> {
    this.requests++;
    return this.#given.promise.finally(() => {
      this.#given = Promise.withResolvers();
    });
  }

  return(): Promise<IteratorResult<string>> {
    this.returned = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  give(value: string): void {
    this.#given.resolve({ done: false, value });
  }

  end(): void {
    this.#given.resolve({ done: true, value: undefined });
  }

  fail(error: Error): void {
    this.#given.reject(error);
  }
}

/** Lets everything that is ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
