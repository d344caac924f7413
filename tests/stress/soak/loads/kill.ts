import { killUnderLoad } from "../../faults/killed_server.ts";
import { type Load, MAIN_GROUND } from "../load.ts";

/** A server of its own is killed under sessions of every kind. */
export const kill: Load = {
  name: "kill",
  backend: MAIN_GROUND,
  async run({ way, plan }) {
    const took = await killUnderLoad(way, plan.killed);
    return `${plan.killed} sessions, the last settled after ${
      took.toFixed(0)
    } ms`;
  },
};
