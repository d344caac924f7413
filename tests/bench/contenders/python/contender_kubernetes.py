"""The official client for Python, which blocks: one thread per call."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from kubernetes import client, config
from kubernetes.stream import stream


async def open_contender(server, authority):
    config.load_kube_config_from_dict({
        "current-context": "bench",
        "contexts": [
            {"name": "bench", "context": {"cluster": "bench", "user": "bench"}}
        ],
        "clusters": [
            {
                "name": "bench",
                "cluster": {"server": server, "certificate-authority": authority},
            }
        ],
        "users": [{"name": "bench", "user": {"token": "bench"}}],
    })
    return Kubernetes()


class Kubernetes:
    def __init__(self):
        self.threads = ThreadPoolExecutor(max_workers=200)
        # `stream` changes the client during a call, so calls do not share one.
        self.own = threading.local()
        self.held = []

    async def upload(self, command, next_chunk):
        def body():
            session = self.open(command, stdin=True)
            while (chunk := next_chunk()) is not None:
                session.write_stdin(chunk)
            finish(session)

        await self.blocking(body)

    async def run(self, command):
        await self.blocking(lambda: finish(self.open(command)))

    async def collect(self, command):
        def body():
            session = self.open(command)
            session.run_forever()
            return len(session.read_all())

        return await self.blocking(body)

    async def hold(self):
        api = self.pods()
        attach = api.connect_get_namespaced_pod_attach
        self.held.append(await self.blocking(lambda: opened(attach, stdin=True)))

    def open(self, command, stdin=False):
        exec = self.pods().connect_get_namespaced_pod_exec
        return opened(exec, command=command, stdin=stdin)

    def pods(self):
        if not hasattr(self.own, "pods"):
            self.own.pods = client.CoreV1Api()
        return self.own.pods

    async def blocking(self, body):
        return await asyncio.get_running_loop().run_in_executor(self.threads, body)


def opened(method, **options):
    return stream(
        method,
        "bench",
        "default",
        stderr=False,
        stdout=True,
        _preload_content=False,
        binary=True,
        **options,
    )


def finish(session):
    session.run_forever()
    if session.returncode != 0:
        raise RuntimeError(f"The session ended with {session.returncode}")
