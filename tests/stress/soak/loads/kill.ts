import { killUnderLoad } from "../../faults/killed_server.ts";
import { type Load, MAIN_BACKEND } from "../load.ts";

/** A server of its own is killed under sessions of every kind. */
export const kill: Load = {
  name: "kill",
  backend: MAIN_BACKEND,
  async run({ transport, plan }) {
    const took = await killUnderLoad(transport, plan.killed);
    return `${plan.killed} sessions, the last settled after ${
      took.toFixed(0)
    } ms`;
  },
};
