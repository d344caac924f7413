import { killUnderLoad } from "../../faults/killed_server.ts";
import { type Load, MAIN_BACKEND } from "../load.ts";

/** Kills a separate server while sessions of every kind are open. */
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
