"""CPU time and memory of this process."""

import gc
import os
import resource
import threading

MIB = 2**20


def cpu_time():
    """The CPU time of this process so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident():
    """The resident memory of this process, in MiB."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / MIB


def settled_memory():
    """The same after a garbage collection."""
    gc.collect()
    return resident()


def watch_memory():
    """Returns a function that ends the watch and returns the maximum."""
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
