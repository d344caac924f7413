// Started by signals_test.ts: handles signals, ignores them, or exits.
import process from "node:process";
import { onExit } from "../../../../src/platform/terminal/signals.ts";

const SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

if (process.argv[2] === "handles") {
  for (const name of SIGNALS) {
    process.on(name, () => {
      console.log("handled");
      clearInterval(alive);
    });
  }
}
const stop = onExit((exitCode) => console.log(`called back with ${exitCode}`));
if (process.argv[2] === "stops") {
  stop();
  console.log(SIGNALS.map((name) => process.listenerCount(name)).join(" "));
}
const alive = setInterval(() => {}, 1_000);
console.log("ready");
if (process.argv[2] === "exits") process.exit(4);
