import type { CloseInfo } from "../transport/transport.ts";
import { CLOSE_CODE } from "../websocket/close_frame.ts";

/** The shortest idle time that an error mentions, in milliseconds. */
const MENTIONED = 60_000;

const MINUTE = 60_000;

/**
 * How long a session has carried no data. API servers and kubelets cut one that
 * carries none for 4 hours, without a Close frame: it looks like a broken
 * network. Pings do not count as data.
 */
export class IdleTime {
  #since: number;

  /** @param now The time in milliseconds, here and below. */
  constructor(now: number) {
    this.#since = now;
  }

  /** Data was sent or received. */
  end(now: number): void {
    this.#since = now;
  }

  /** Milliseconds since data was last sent or received. */
  duration(now: number): number {
    return now - this.#since;
  }

  /** Adds the idle time to the reason, where it may be the cause. */
  explain(info: CloseInfo, now: number): CloseInfo {
    const idle = this.duration(now);
    if (info.code !== CLOSE_CODE.abnormal || idle < MENTIONED) return info;
    const reason = `${info.reason}; no data had passed for ` +
      `${durationOf(idle)}, and a server cuts an idle session, by default ` +
      `after 4 h (pings do not count; see keepAlive.activity)`;
    return { ...info, reason };
  }
}

/** For example `4 h 1 min`. */
function durationOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
