import type { Subject } from "../subject.ts";
export function tlsRows(_: Subject): void {}
