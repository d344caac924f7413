import type { Subject } from "../subject.ts";
export function proxyRows(_: Subject): void {}
