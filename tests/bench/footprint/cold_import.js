// Says how long it takes to import a module, in milliseconds. Not TypeScript:
// of that the runtimes would load more first.
import process from "node:process";

const begun = performance.now();
await import(process.argv[2]);
console.log(performance.now() - begun);
