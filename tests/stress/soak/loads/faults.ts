import { runFaultySessions } from "../../faults/faulty_sessions.ts";
import { type Load, share } from "../load.ts";

/** How many run at the same time. */
const CONCURRENCY = 24;

/** Sessions over faulty connections, each with a fault chosen by a seed. */
export const faults: Load = {
  name: "faults",
  async run(target) {
    const { backend, plan, pod } = target;
    const { protocol, unreadInput, refusals } = backend;
    const count = share(target, plan.faults);
    const fixture = { ...target, name: pod, protocol, unreadInput, refusals };
    const endings = await runFaultySessions(
      fixture,
      plan.seed,
      count,
      CONCURRENCY,
    );
    const figures = Object.entries(endings)
      .sort(([, one], [, other]) => other - one)
      .map(([ending, times]) => `${times} ${ending}`);
    return `${count} from seed ${plan.seed}: ${figures.join(", ")}`;
  },
};
