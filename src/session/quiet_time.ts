import type { Closure } from "../transport/transport.ts";

/** From when on it is worth a word, in milliseconds. */
const LONG = 60_000;

const MINUTE = 60_000;

/** The close code of a connection that ended without a Close frame. */
const ABNORMAL = 1006;

/**
 * How long a session has carried no data. API servers and kubelets cut one that
 * carries none for 4 hours, and say nothing: it looks as a broken network does.
 * Pings do not count.
 */
export class QuietTime {
  #since: number;

  /** @param now What the clock says, in milliseconds, here and below. */
  constructor(now: number) {
    this.#since = now;
  }

  /** Data came or went. */
  end(now: number): void {
    this.#since = now;
  }

  /** Says after how long a connection was lost, where that may be the cause. */
  explain(closure: Closure, now: number): Closure {
    const quiet = now - this.#since;
    if (closure.code !== ABNORMAL || quiet < LONG) return closure;
    const reason = `${closure.reason}; no data had passed for ` +
      `${durationOf(quiet)}, and a server cuts an idle session, after 4 h ` +
      `unless configured otherwise (pings do not count)`;
    return { ...closure, reason };
  }
}

/** As `4 h 1 min`. */
function durationOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
