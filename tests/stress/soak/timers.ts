/** Counts timers set through the globals. */
export interface TimerCount {
  /** How many timers are pending. */
  readonly pending: number;
  /** Restores the globals. */
  stop(): void;
}

type Callback = (...args: unknown[]) => void;

/** Counts the timers set from now on, in the same manner on every runtime. */
export function countTimers(): TimerCount {
  const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
  const pending = new Set<unknown>();
  const once = (callback: Callback, ms?: number, ...args: unknown[]) => {
    const timer = setTimeout(() => {
      pending.delete(timer);
      callback(...args);
    }, ms);
    pending.add(timer);
    return timer;
  };
  const often = (callback: Callback, ms?: number, ...args: unknown[]) => {
    const timer = setInterval(callback, ms, ...args);
    pending.add(timer);
    return timer;
  };
  const clear = (timer?: number) => {
    pending.delete(timer);
    clearTimeout(timer);
  };
  Object.assign(globalThis, {
    setTimeout: once,
    setInterval: often,
    clearTimeout: clear,
    clearInterval: clear,
  });
  return {
    get pending() {
      return pending.size;
    },
    stop() {
      Object.assign(globalThis, {
        setTimeout,
        setInterval,
        clearTimeout,
        clearInterval,
      });
    },
  };
}
