import type { Contender } from "../contender.ts";
import type { BenchPlan } from "../plan.ts";
import { BareReader } from "./bare_frames.ts";
import {
  bareNative,
  type NativeSocket,
  openNative,
  readSome,
} from "./bare_native.ts";

const SLAB = 16 * 1024;

/**
 * Deno's own TLS sockets as a Web Stream and no more: what any client pays
 * whose output is a `ReadableStream` of arrays that are its reader's to keep.
 */
export function bareStream(plan: BenchPlan): Contender {
  return {
    ...bareNative(plan),
    async download(command, take) {
      const socket = await openNative(plan, command);
      for await (const chunk of outputOf(socket)) {
        const taken = take(chunk);
        if (taken) await taken;
      }
    },
  };
}

function outputOf({ conn, early }: NativeSocket): ReadableStream<Uint8Array> {
  const parts: Uint8Array[] = [];
  const reader = new BareReader((part) => void parts.push(part));
  reader.feed(early);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      while (parts.length === 0 && !reader.done) {
        const slab = new Uint8Array(SLAB);
        reader.feed(slab.subarray(0, await readSome(conn, slab)));
      }
      const part = parts.shift();
      if (part !== undefined) return controller.enqueue(part);
      controller.close();
      conn.close();
    },
  }, { highWaterMark: 0 });
}
