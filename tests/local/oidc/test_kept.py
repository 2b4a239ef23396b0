"""What a stand-in leaves behind: nothing when the server ends, its key when there is a state."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rolecall.local import backend, persistence
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.control_client import ControlClient
from rolecall.local.listener import bind
from rolecall.local.oidc.stand_in import mint, stand_in_connection
from rolecall.local.persistence import StateDirectory
from rolecall.local.server import Server
from rolecall.local.snapshots import Snapshots
from tests.local.conftest import CONTROL_TOKEN, CloudServer
from tests.local.oidc.issuer import Issuer
from tests.local.oidc.world import HOME, OidcWorld

GITHUB = "https://token.actions.githubusercontent.com"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.stop()


def test_the_listener_ends_with_the_server(start_cloud: Callable[..., CloudServer]) -> None:
    started = start_cloud()
    with started.cloud.gate.shared():
        mint(GITHUB, {"sub": "x"}, started.cloud)
    first = stand_in_connection(started.cloud, GITHUB)
    assert first is not None
    assert first == stand_in_connection(started.cloud, GITHUB)
    assert stand_in_connection(started.cloud, "https://nobody.example.com") is None
    started.cloud.stop()
    listener = bind(first.port)  # free again
    listener.close()


@pytest.fixture
def restart(tmp_path: Path) -> Iterator[Callable[[], CloudServer]]:
    """Start an embedded AWS on one state directory, again and again."""
    ends: list[Callable[[], None]] = []

    def start() -> CloudServer:
        while ends:
            ends.pop()()
        backend.configure()
        backend.reset()
        directory = StateDirectory.open(tmp_path / "state")
        records: persistence.Records = {}
        directory.load(lambda content: records.update(persistence.decode(content)))
        cloud = Cloud(sealing_key=directory.sealing_key, records=records)
        snapshots = Snapshots(cloud, directory)
        snapshots.start()
        server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN, save=snapshots.save))
        thread = server.start()
        ends.extend([snapshots.stop, lambda: thread.join(10), server.stop])
        return CloudServer(cloud, server)

    yield start
    while ends:
        ends.pop()()
    backend.reset()


def test_providers_keys_and_connections_survive_a_restart(
    restart: Callable[[], CloudServer], issuer: Issuer
) -> None:
    world = OidcWorld(restart(), issuer)
    on = {"OpenIDConnectProviderArn": world.provider}
    world.iam.tag_open_id_connect_provider(**on, Tags=[{"Key": "Team", "Value": "red"}])
    world.iam.add_client_id_to_open_id_connect_provider(**on, ClientID="second")
    before = world.iam.get_open_id_connect_provider(**on)
    stand_in = world.make_provider("https://stand-in.example.com")
    role = world.make_role({"StringEquals": {"stand-in.example.com:sub": "x"}}, provider=stand_in)
    wish = {"issuer": "https://stand-in.example.com", "subject": "x", "audience": "client"}
    client = ControlClient(world.server.server.port, CONTROL_TOKEN)
    token = client.call("POST", "oidc/token", wish)["token"]

    world.server = restart()
    iam = world.server.client("iam", HOME)
    after = iam.get_open_id_connect_provider(**on)
    for name in ("Url", "ClientIDList", "ThumbprintList", "CreateDate", "Tags"):
        assert after[name] == before[name]
    assert world.ask().admitted, "the connection is known still"
    assert world.send(token, RoleArn=role).admitted, "and the key of the stand-in"
    iam.remove_client_id_from_open_id_connect_provider(**on, ClientID="second")
    assert iam.get_open_id_connect_provider(**on)["ClientIDList"] == ["client"]
