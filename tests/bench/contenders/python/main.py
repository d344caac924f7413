"""The clients in Python in the benchmarks, as tests/bench/client.ts is for the
clients in JavaScript: runs one workload and prints its measurement as the last
line.
"""

import asyncio
import importlib
import json
import os
import sys
import tempfile

from workloads import WORKLOADS

MODULES = {
    "kubex": "contender_kubex",
    "kubernetes (Python)": "contender_kubernetes",
}


async def main() -> None:
    plan = json.loads(os.environ["PODWIRE_BENCH"])
    module = importlib.import_module(MODULES[plan["contender"]])
    with tempfile.NamedTemporaryFile("w", suffix=".crt") as authority:
        authority.write(plan["authority"])
        authority.flush()
        contender = await module.open_contender(plan["server"], authority.name)
        workload = WORKLOADS[plan["workload"]]
        measured = await workload(contender, plan["numbers"], plan["name"])
        print(json.dumps(measured), flush=True)
        # Do not wait for open sessions.
        os.unlink(authority.name)
        os._exit(0)


try:
    asyncio.run(main())
except BaseException as error:
    print(f"Error: {str(error) or repr(error)}", file=sys.stderr, flush=True)
    os._exit(1)
