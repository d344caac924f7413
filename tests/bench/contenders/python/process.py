"""What the system says of this process."""

import gc
import os
import resource
import threading

MIB = 2**20


def cpu_time():
    """What this process took so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident():
    """The memory of this process as the system sees it, in MiB."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / MIB


def settled_memory():
    """The same once its garbage is collected."""
    gc.collect()
    return resident()


def watch_memory():
    """Gives a function that ends the watch, and gives the most that was seen."""
    most = resident()
    stop = threading.Event()

    def look():
        nonlocal most
        while not stop.wait(0.02):
            most = max(most, resident())

    threading.Thread(target=look, daemon=True).start()

    def end():
        stop.set()
        return max(most, resident())

    return end
