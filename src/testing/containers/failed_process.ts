import type { ProcessOutcome, StreamedProcess } from "./container.ts";

/** The failure of a command in a container that has ended. */
export const NOT_RUNNING = "container is not running";

/** A process that could not be started. */
export class FailedProcess implements StreamedProcess {
  readonly ended: Promise<ProcessOutcome>;

  constructor(failure: string) {
    this.ended = Promise.resolve({ failure });
  }

  open(): void {}

  write(): boolean {
    return true;
  }

  drained(): Promise<void> {
    return Promise.resolve();
  }

  endInput(): void {}

  pause(): void {}

  resume(): void {}

  resize(): void {}

  release(): void {}
}
