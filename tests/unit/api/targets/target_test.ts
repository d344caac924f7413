import { assertEquals, assertThrows } from "@std/assert";
import { Pod, Service } from "../../../../mod.ts";
import { parseTarget } from "../../../../src/api/targets/target.ts";
import { test } from "../../../harness.ts";

const parse = (target: unknown) => parseTarget(target, Pod, "exec in");

test("target: a name, and the name of a pod", () => {
  for (
    const given of ["web-0", "pod/web-0", "pods/web-0", "po/web-0", "Pod/web-0"]
  ) {
    const { kind, text } = parse(given);
    assertEquals([kind, text], ["pod", 'pods "web-0"'], given);
  }
});

test("target: every kind with pods, in each of kubectl's spellings", () => {
  const spellings = {
    deployments:
      "deployment deployments deploy Deployment deployment.apps deploy.apps deployments.v1.apps",
    replicasets: "replicaset replicasets rs rs.apps",
    statefulsets: "statefulset statefulsets sts",
    daemonsets: "daemonset daemonsets ds",
    jobs: "job jobs job.batch jobs.v1.batch",
    services: "service services svc SVC service.v1",
    replicationcontrollers: "replicationcontroller replicationcontrollers rc",
  };
  for (const [plural, words] of Object.entries(spellings)) {
    for (const word of words.split(" ")) {
      const target = parse(`${word}/web`);
      assertEquals(target.kind, "owner", word);
      assertEquals(target.text, `${plural} "web"`, word);
    }
  }
});

test("target: a selector", () => {
  const given = { labelSelector: "app=web", fieldSelector: "spec.nodeName=a" };
  const target = parse(given);
  assertEquals(target, {
    kind: "selector",
    given,
    ...given,
    text: 'pods with "app=web" and "spec.nodeName=a"',
  });
});

test("target: what is none is refused, with a suggestion", () => {
  const known = "expected one of pod, deployment, replicaset, statefulset, " +
    "daemonset, job, service, replicationcontroller";
  for (
    const [target, message] of [
      [
        "deploymnt/web",
        'no kind "deploymnt" has pods; did you mean "deployment"?',
      ],
      ["stss/web", 'no kind "stss" has pods; did you mean "sts"?'],
      ["cronjob/x", `no kind "cronjob" has pods; ${known}`],
      ["secret/x", `no kind "secret" has pods; ${known}`],
      ["deploy,rs/x", `no kind "deploy,rs" has pods; ${known}`],
      ["deploy.batch/x", `no kind "deploy.batch" has pods; ${known}`],
      ["deploy/", "a target is NAME or KIND/NAME"],
      ["/web", "a target is NAME or KIND/NAME"],
      ["deploy/web/x", "a target is NAME or KIND/NAME"],
    ] as const
  ) {
    assertThrows(
      () => parse(target),
      TypeError,
      `Cannot exec in "${target}": ${message}`,
      target,
    );
  }
  for (
    const [target, message] of [
      [7, "a target is a name, KIND/NAME, or an object with a labelSelector"],
      [["web"], "a target is a name, KIND/NAME, or an object"],
      [{}, "the target's labelSelector must be a string, and not empty"],
      [{ labelSelector: " " }, "must be a string, and not empty"],
      [{ labelSelector: 1 }, "must be a string, and not empty"],
      [
        { labelSelector: "a", fieldSelector: 1 },
        "the target's fieldSelector must be a string",
      ],
      [
        { selector: "a" },
        'a target has no "selector"; did you mean "labelSelector"?',
      ],
    ] as const
  ) {
    assertThrows(() => parse(target), TypeError, message);
  }
});

test("target: only pods have targets besides names", () => {
  const { name } = parseTarget("a/b", Service, "exec in") as { name: string };
  assertEquals(name, "a/b");
  assertThrows(
    () => parseTarget({ labelSelector: "a" }, Service, "exec in"),
    TypeError,
    "Cannot exec in services: the name must be a string",
  );
});
