"""kubex, on its preferred HTTP client."""

from kubex.api import Api
from kubex.client import ClientOptions, create_client
from kubex.configuration import ClientConfiguration
from kubex.k8s.v1_36.core.v1.pod import Pod

POD = "bench"


async def open_contender(server, authority):
    # By default it opens at most 100 connections at once.
    options = ClientOptions(pool_size=None)
    configuration = ClientConfiguration(
        url=server, server_ca_file=authority, token="bench"
    )
    client = await create_client(configuration, options=options)
    return Kubex(Api(Pod, client=client, namespace="default"))


class Kubex:
    def __init__(self, api):
        self.api = api
        self.held = []

    async def download(self, command, take):
        async with self.api.exec.stream(POD, command=command, stderr=False) as session:
            async for chunk in session.stdout:
                wait = take(chunk)
                if wait:
                    await wait

    async def upload(self, command, next_chunk):
        async with self.api.exec.stream(POD, command=command, stdin=True) as session:
            while (chunk := next_chunk()) is not None:
                await session.stdin.write(chunk)
            succeeded(await session.wait_for_status())

    async def run(self, command):
        succeeded((await self.api.exec.run(POD, command=command)).status)

    async def collect(self, command):
        result = await self.api.exec.run(POD, command=command)
        succeeded(result.status)
        return len(result.stdout)

    async def hold(self):
        session = self.api.attach.stream(POD, stdin=True)
        await session.__aenter__()
        self.held.append(session)


def succeeded(status):
    if status is None or status.status != "Success":
        raise RuntimeError(f"The session ended with {status}")
