/** How often a watch is told the version, in milliseconds. */
const MINUTE = 60_000;

/** The time of one watch. */
export interface WatchClock {
  /** The client is gone, or the time is up. */
  readonly over: boolean;
  /** Resolves every minute, and when it is over. */
  tick(): Promise<"tick">;
  stop(): void;
}

/** Starts the time of a watch: so many seconds, or without an end if 0. */
export function watchClock(seconds: number, gone: AbortSignal): WatchClock {
  let next = Promise.withResolvers<"tick">();
  let over = gone.aborted;
  const tick = (): void => {
    next.resolve("tick");
    next = Promise.withResolvers();
  };
  const end = (): void => {
    over = true;
    tick();
  };
  const minutes = setInterval(tick, MINUTE);
  const timeout = seconds > 0 ? setTimeout(end, seconds * 1000) : undefined;
  gone.addEventListener("abort", end);
  return {
    get over() {
      return over;
    },
    tick: () => over ? Promise.resolve("tick") : next.promise,
    stop() {
      clearInterval(minutes);
      clearTimeout(timeout);
      gone.removeEventListener("abort", end);
    },
  };
}
