/** What is remembered of a pod whose logs are followed. */
interface FollowedPod {
  /** The containers whose logs were begun, or whose failure was told. */
  readonly containers: Set<string>;
  /** How many of its logs are being read. */
  reading: number;
  /** Whether it belongs to the target no more. */
  left: boolean;
}

/**
 * The containers whose logs were begun, by the uid of their pod: none is begun
 * twice, also if the pod's labels change back and forth. What has been read of a
 * pod that is gone is forgotten.
 */
export class FollowedContainers {
  readonly #pods: Map<string, FollowedPod> = new Map();

  /** The number of pods that are remembered. */
  get size(): number {
    return this.#pods.size;
  }

  /** Whether the container's log is not begun yet. */
  isNew(uid: string, container: string): boolean {
    return !this.#pods.get(uid)?.containers.has(container);
  }

  /** The container's log is begun; `ended` follows. */
  begin(uid: string, container: string): void {
    const pod = this.#remembered(uid);
    pod.containers.add(container);
    pod.reading++;
  }

  /** A log of the pod was read to its end. */
  ended(uid: string): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    pod.reading--;
    this.#forget(uid, pod);
  }

  /** Whether a failure is to be told: only its first time. */
  tells(uid: string, container: string): boolean {
    const { containers } = this.#remembered(uid);
    const key = `${container} cannot start`;
    if (containers.has(key)) return false;
    containers.add(key);
    return true;
  }

  /** These are all pods of the target; the others have left it. */
  keep(uids: ReadonlySet<string>): void {
    for (const [uid, pod] of this.#pods) {
      pod.left = !uids.has(uid);
      this.#forget(uid, pod);
    }
  }

  /** The pod was deleted. */
  left(uid: string): void {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return;
    pod.left = true;
    this.#forget(uid, pod);
  }

  #remembered(uid: string): FollowedPod {
    let pod = this.#pods.get(uid);
    if (pod === undefined) {
      pod = { containers: new Set(), reading: 0, left: false };
      this.#pods.set(uid, pod);
    }
    return pod;
  }

  #forget(uid: string, { left, reading }: FollowedPod): void {
    if (left && reading === 0) this.#pods.delete(uid);
  }
}
