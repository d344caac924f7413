import { assertEquals } from "@std/assert";
import type { Pod } from "../../../../mod.ts";
import {
  endOf,
  startState,
  statusOfEnd,
} from "../../../../src/api/launch/container_state.ts";
import { exitCodeOf } from "../../../../src/channel/status_frame.ts";
import { test } from "../../../harness.ts";

type Status = NonNullable<Pod["status"]>;
type Container = NonNullable<Status["containerStatuses"]>[number];

const pod = (status: Status): Pod => ({
  metadata: { name: "run-a" },
  spec: { containers: [] },
  status,
});
const main = (state: NonNullable<Container["state"]>) =>
  ({ name: "main", state }) as Container;

test("a container has started when it runs or has ended", () => {
  const states = [
    { running: {} },
    { terminated: { exitCode: 0 } },
    { waiting: { reason: "ContainerCreating" } },
    { waiting: { reason: "RunContainerError", message: "it is tried again" } },
  ];
  assertEquals(
    states.map((state) =>
      startState(pod({ containerStatuses: [main(state)] }), "main").done
    ),
    [true, true, false, false],
  );
  const added = pod({ ephemeralContainerStatuses: [main({ running: {} })] });
  assertEquals(startState(added, "main").done, true);
  assertEquals(startState(pod({ phase: "Pending" }), "main").done, false);
});

test("what cannot start fails with the cluster's words", () => {
  const message = 'Back-off pulling image "none"';
  for (
    const reason of [
      "ErrImagePull",
      "ImagePullBackOff",
      "InvalidImageName",
      "CreateContainerError",
      "CreateContainerConfigError",
    ]
  ) {
    const waiting = main({ waiting: { reason, message } });
    const failed = {
      done: false,
      reason,
      message: `container "main": ${reason}: ${message}`,
    };
    for (
      const status of [
        { containerStatuses: [waiting] },
        { ephemeralContainerStatuses: [waiting] },
        {
          initContainerStatuses: [waiting],
          containerStatuses: [{ ...main({}), name: "other" }],
        },
      ]
    ) {
      const container = status.initContainerStatuses ? "other" : "main";
      assertEquals(startState(pod(status), container), failed);
    }
  }
  const evicted = pod({
    phase: "Failed",
    reason: "Evicted",
    message: "The node was low on resource: memory.",
  });
  assertEquals(startState(evicted, "main").reason, "Evicted");
});

test("another container that cannot start does not matter", () => {
  const other = {
    ...main({ waiting: { reason: "ErrImagePull" } }),
    name: "other",
  };
  const waiting = main({ waiting: { reason: "ContainerCreating" } });
  const state = startState(
    pod({ containerStatuses: [other, waiting] }),
    "main",
  );
  assertEquals([state.done, state.reason], [false, undefined]);
});

test("the end of a container is an exit code with the cluster's word", () => {
  const end = (terminated: object, status: Status = {}) =>
    endOf(
      pod({
        containerStatuses: [main({ terminated } as never)],
        ...status,
      }),
      "main",
    );
  const cases = [
    [end({ exitCode: 0, reason: "Completed" }), 0, "Completed", undefined],
    [
      end({ exitCode: 137, reason: "OOMKilled" }),
      137,
      "OOMKilled",
      "the container has ended with exit code 137 (OOMKilled)",
    ],
    [
      end({ exitCode: 128, reason: "StartError", message: "exec: no such" }),
      128,
      "StartError",
      "the container has ended with exit code 128 (StartError): exec: no such",
    ],
    [
      end({ exitCode: 137, reason: "Error" }, {
        phase: "Failed",
        reason: "DeadlineExceeded",
        message: "Pod was active too long",
      }),
      137,
      "DeadlineExceeded",
      "the container has ended with exit code 137 (DeadlineExceeded): " +
      "Pod was active too long",
    ],
    [
      end({ exitCode: 0, reason: "Completed" }, {
        phase: "Failed",
        reason: "DeadlineExceeded",
      }),
      0,
      "DeadlineExceeded",
      undefined,
    ],
    [
      endOf(pod({ phase: "Failed", reason: "NodeLost" }), "main"),
      null,
      "NodeLost",
      "the container has ended (NodeLost)",
    ],
  ] as const;
  for (const [found, exitCode, reason, message] of cases) {
    assertEquals([found?.exitCode, found?.reason], [exitCode, reason]);
    const status = statusOfEnd(found!);
    assertEquals([exitCodeOf(status), status.message], [exitCode, message]);
  }
  const running = pod({ containerStatuses: [main({ running: {} })] });
  assertEquals(endOf(running, "main"), null);
});
