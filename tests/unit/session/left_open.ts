/**
 * A program that is done, though it has a session open over a connection that
 * keeps no process alive.
 *
 * @module
 */

import { openSession } from "./open_session.ts";

openSession({ keepAlive: { interval: 60_000, timeout: 120_000 } });
