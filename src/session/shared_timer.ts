import { LONGEST_DELAY } from "../timers.ts";

/** A task of a {@linkcode SharedTimer}. */
export interface TimedTask {
  /** When to run, by `performance.now()`; stays the same while it is added. */
  readonly due: number;
  /** Runs once; it may be added again. */
  run(now: number): void;
}

/**
 * One timer for many tasks, which keeps no process alive. Thousands of sessions
 * may be idle, and a runtime's timer for each takes some 600 bytes.
 */
export class SharedTimer {
  /** By the time when they are due. */
  readonly #tasks: TimedTask[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer runs. */
  #due = Infinity;
  #isRunning = false;

  add(task: TimedTask): void {
    this.#tasks.splice(this.#indexAt(task.due), 0, task);
    this.#start();
  }

  /** Does nothing if the task is not added. */
  remove(task: TimedTask): void {
    const tasks = this.#tasks;
    let index = this.#indexAt(task.due);
    // Others may be due at the same time.
    while (tasks[index]?.due === task.due && tasks[index] !== task) index++;
    if (tasks[index] === task) tasks.splice(index, 1);
    if (tasks.length === 0) this.#stop();
  }

  /** The index of the first task that is due at `time` or later. */
  #indexAt(time: number): number {
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#tasks[middle]!.due < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Waits for the first task. A timer that is early starts another one. */
  #start(): void {
    const first = this.#tasks[0];
    if (this.#isRunning || first === undefined || first.due >= this.#due) {
      return;
    }
    this.#stop();
    this.#due = first.due;
    const delay = Math.ceil(first.due - performance.now());
    this.#timer = setTimeout(
      () => this.#run(),
      Math.min(Math.max(0, delay), LONGEST_DELAY),
    );
    unref(this.#timer);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = Infinity;
  }

  #run(): void {
    this.#stop();
    this.#isRunning = true;
    const now = performance.now();
    const tasks = this.#tasks;
    try {
      while (tasks.length > 0 && tasks[0]!.due <= now) tasks.shift()!.run(now);
    } finally {
      this.#isRunning = false;
      this.#start();
    }
  }
}

/** Lets the process exit; timers of browsers are numbers. */
export function unref(timer: unknown): void {
  (timer as { unref?(): void }).unref?.();
}
