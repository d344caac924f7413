"""The workloads of tests/bench/workloads, for the clients in Python."""

import asyncio
import hashlib
import struct
from time import perf_counter, time

from process import MIB, cpu_time, settled_memory, watch_memory


async def download(contender, numbers, _name):
    async def body():
        read = 0

        def take(chunk):
            nonlocal read
            read += len(chunk)

        await contender.download(flood(numbers), take)
        complete(read, numbers)

    return await throughput(contender, numbers, body)


async def collect(contender, numbers, _name):
    async def body():
        complete(await contender.collect(flood(numbers)), numbers)

    return await throughput(contender, numbers, body)


async def upload(contender, numbers, _name):
    chunk = bytes(index % 256 for index in range(numbers["frame"]))
    left = numbers["bytes"]

    def next_chunk():
        nonlocal left
        if left == 0:
            return None
        left -= len(chunk)
        return chunk

    async def body():
        await contender.upload(["sink", str(numbers["bytes"]), "0"], next_chunk)

    return await throughput(contender, numbers, body)


async def calls(contender, numbers, _name):
    await in_sequence(contender, numbers["warmUps"], numbers["warming"])
    times = await in_sequence(contender, numbers["count"], numbers["maxDuration"])
    times.sort()
    return {
        "figures": {
            "p50 ms": quantile(times, 0.5),
            "p99 ms": quantile(times, 0.99),
            "calls": len(times),
        }
    }


async def parallel(contender, numbers, _name):
    await in_sequence(contender, numbers["warmUps"], numbers["warming"])
    begun = perf_counter()
    await asyncio.gather(*(contender.run(["true"]) for _ in range(numbers["count"])))
    return {"figures": {"all ms": (perf_counter() - begun) * 1000}}


async def idle(contender, numbers, _name):
    for _ in range(20):
        await contender.run(["true"])
    none = settled_memory()
    first = await held(contender, numbers["count"], numbers["together"])
    every = await held(contender, numbers["further"], numbers["together"])
    return {
        "figures": {
            "RSS KiB each": (first - none) * 1024 / numbers["count"],
            "RSS KiB each further": (every - first) * 1024 / numbers["further"],
        }
    }


async def held(contender, count, together):
    """The memory after so many more sessions."""
    for _ in range(0, count, together):
        await asyncio.gather(*(contender.hold() for _ in range(together)))
    return settled_memory()


async def slow_reader(contender, numbers, name):
    await contender.run(["true"])
    seen = Flood()

    def take(chunk):
        seen.move(chunk)
        if perf_counter() - seen.begun < numbers["slow"] / 1000:
            return asyncio.sleep(numbers["perChunk"] / 1000)
        if seen.slow is None:
            seen.note_end()

    await contender.download([*flood(numbers), name, "hash"], take)
    complete(seen.moved, numbers)
    return seen.measured()


async def unread_stdin(contender, numbers, name):
    await contender.run(["true"])
    seen = Flood()
    size, frame = numbers["bytes"], numbers["frame"]
    asyncio.get_running_loop().call_later(numbers["sampleAt"] / 1000, seen.note_end)

    def next_chunk():
        if seen.moved == size:
            return None
        number = seen.moved // frame
        chunk = struct.pack(">d", number) + bytes([number % 256]) * (frame - 8)
        seen.move(chunk)
        return chunk

    command = ["sink", str(size), str(numbers["unread"]), name, "hash"]
    await contender.upload(command, next_chunk)
    return seen.measured()


class Flood:
    """The totals, and the progress at the end of the slow part."""

    def __init__(self):
        self.sum = hashlib.sha256()
        self.moved = 0
        self.slow = None
        self.growth = 0.0
        self.before = settled_memory()
        self.most_while_slow = watch_memory()
        self.most = watch_memory()
        self.begun = perf_counter()

    def move(self, chunk):
        self.sum.update(chunk)
        self.moved += len(chunk)

    def note_end(self):
        self.slow = {"mebibytes": self.moved / MIB, "until": round(time() * 1000)}
        self.growth = self.most_while_slow() - self.before

    def measured(self):
        if self.slow is None:
            raise RuntimeError("It was over before it was fast")
        return {
            "figures": {
                "growth while slow, MiB": self.growth,
                "growth in all, MiB": self.most() - self.before,
            },
            "slow": self.slow,
            "digest": self.sum.hexdigest(),
        }


async def throughput(contender, numbers, body):
    await contender.run(["true"])
    cpu, begun = cpu_time(), perf_counter()
    await body()
    seconds, mebibytes = perf_counter() - begun, numbers["bytes"] / MIB
    return {
        "figures": {
            "MiB/s": mebibytes / seconds,
            "CPU s/GiB": (cpu_time() - cpu) / (mebibytes / 1024),
        }
    }


async def in_sequence(contender, count, max_duration):
    """Makes so many calls, or as many as begin in time; returns milliseconds."""
    times = []
    begun = perf_counter()
    end = begun + max_duration / 1000
    while len(times) < count and begun <= end:
        await contender.run(["true"])
        now = perf_counter()
        times.append((now - begun) * 1000)
        begun = now
    return times


def flood(numbers):
    return ["flood", str(numbers["bytes"]), str(numbers["frame"])]


def complete(read, numbers):
    if read != numbers["bytes"]:
        raise RuntimeError(f"It got {read} bytes of {numbers['bytes']}")


def quantile(times, part):
    """Interpolates as tests/bench/statistics.ts does."""
    place = (len(times) - 1) * part
    below = int(place)
    above = min(below + 1, len(times) - 1)
    return times[below] + (times[above] - times[below]) * (place - below)


WORKLOADS = {
    "download": download,
    "download-4k": download,
    "collect": collect,
    "upload": upload,
    "calls": calls,
    "parallel": parallel,
    "idle": idle,
    "slow-reader": slow_reader,
    "unread-stdin": unread_stdin,
}
