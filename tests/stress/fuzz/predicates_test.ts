import { assertEquals } from "@std/assert";
import {
  type Deployment,
  hasCondition,
  isComplete,
  isReady,
  isRolledOut,
  isRunning,
  type KubeObject,
} from "../../../mod.ts";
import type { SeededRandom } from "../../support/seeded_random.ts";
import { fuzz } from "./fuzz.ts";

const NAMES = [
  "conditions",
  "containerStatuses",
  "initContainerStatuses",
  "containers",
  "observedGeneration",
  "phase",
  "ready",
  "reason",
  "message",
  "replicas",
  "rollingUpdate",
  "state",
  "status",
  "terminated",
  "type",
  "updateStrategy",
  "waiting",
] as const;

const TEXTS = [
  "",
  "Complete",
  "Failed",
  "Green",
  "ImagePullBackOff",
  "OnDelete",
  "PodScheduled",
  "Progressing",
  "ProgressDeadlineExceeded",
  "Ready",
  "Running",
  "True",
  "False",
];

/** A value of any type, with the names that predicates look at. */
function anything(seeded: SeededRandom, depth: number): unknown {
  const kind = seeded.below(depth > 0 ? 8 : 5);
  if (kind === 0) return null;
  if (kind === 1) return seeded.pick([-1, 0, 1, 2]);
  if (kind === 2) return seeded.pick([true, false]);
  if (kind < 5) return seeded.pick(TEXTS);
  const values = Array.from(
    { length: seeded.below(4) },
    () => anything(seeded, depth - 1),
  );
  if (kind === 5) return values;
  return Object.fromEntries(values.map((it) => [seeded.pick(NAMES), it]));
}

/** Predicates of one kind: of another they are a TypeError. */
const OF_KIND: Readonly<Record<string, readonly unknown[]>> = {
  Pod: [isRunning],
  Job: [isComplete],
};

fuzz("predicates give an answer for whatever a server sends", (seeded) => {
  const object = {
    kind: seeded.pick(["Pod", "Job", "Deployment", "StatefulSet", "DaemonSet"]),
    metadata: { name: "a", generation: 1 },
    spec: anything(seeded, 3),
    status: anything(seeded, 4),
  } as KubeObject;
  const predicates = [
    isReady,
    ...OF_KIND[object.kind!] ?? [isRolledOut],
    hasCondition("Green"),
  ] as unknown as readonly typeof isRolledOut[];
  for (const predicate of predicates) {
    const state = predicate.stateOf(object as Deployment);
    assertEquals(predicate(object as Deployment), state.done);
    assertEquals(typeof state.message, "string");
    assertEquals(["string", "undefined"].includes(typeof state.reason), true);
  }
});
