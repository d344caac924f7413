import type { Subject } from "../subject.ts";
export function httpRows(_: Subject): void {}
