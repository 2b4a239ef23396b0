"""State on disk: what a restart finds, and what is refused."""

import os
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rolecall.local import backend, persistence
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.persistence import StateDirectory
from rolecall.local.server import Server
from rolecall.local.snapshots import Snapshots
from rolecall.problems import Exit, Problem
from tests.local.conftest import CONTROL_TOKEN, CloudServer
from tests.local.transport.raw import ACCOUNT, whoami

DENY = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}'
NewSession = Callable[..., dict[str, str]]


class Home:
    """An embedded AWS that can be stopped and started again on the same state."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warning: str | None = None
        self.now: CloudServer | None = None

    def start(self) -> CloudServer:
        backend.configure()
        backend.reset()
        directory = StateDirectory.open(self.path)
        records: persistence.Records = {}
        self.warning = directory.load(lambda c: records.update(persistence.decode(c)))
        cloud = Cloud(sealing_key=directory.sealing_key, records=records)
        self.snapshots = Snapshots(cloud, directory)
        self.snapshots.start()
        server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN, save=self.snapshots.save))
        self._thread = server.start()
        self.now = CloudServer(cloud, server)
        return self.now

    def stop(self, *, save: bool = True) -> None:
        assert self.now is not None
        self.now.server.stop()
        self._thread.join(10)
        if save:
            self.snapshots.stop()
        self.now = None

    def restart(self) -> CloudServer:
        self.stop()
        return self.start()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "state")
    yield home
    if home.now:
        home.stop()
    backend.reset()


def test_a_restart_finds_everything(home: Home, new_session: NewSession) -> None:
    server = home.start()
    keys = server.admin(ACCOUNT)
    session = new_session(server)
    iam, s3 = server.client("iam", keys), server.client("s3", keys)
    iam.create_user(UserName="alice", Tags=[{"Key": "team", "Value": "red"}])
    alice = iam.create_access_key(UserName="alice")["AccessKey"]
    iam.create_policy(PolicyName="own", PolicyDocument=DENY)
    s3.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": server.region})
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    for text in (b"one", b"two"):
        s3.put_object(Bucket="kept", Key="k", Body=text)
    server.client("dynamodb", keys).create_table(
        TableName="t",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    server.cloud.records["mine"] = {"a": 1}
    server.cloud.advance(60)

    server = home.restart()
    assert home.warning is None
    assert server.admin(ACCOUNT) == keys
    iam, s3 = server.client("iam", keys), server.client("s3", keys)
    assert iam.list_user_tags(UserName="alice")["Tags"] == [{"Key": "team", "Value": "red"}]
    assert iam.list_policies(Scope="Local")["Policies"][0]["PolicyName"] == "own"
    attached = iam.list_attached_role_policies(RoleName="reader")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["ReadOnlyAccess"]
    assert len(s3.list_object_versions(Bucket="kept")["Versions"]) == 2
    assert s3.get_object(Bucket="kept", Key="k")["Body"].read() == b"two"
    assert server.client("dynamodb", keys).list_tables()["TableNames"] == ["t"]
    assert whoami(server, session).status == 200
    assert (
        whoami(
            server,
            {
                "aws_access_key_id": alice["AccessKeyId"],
                "aws_secret_access_key": alice["SecretAccessKey"],
            },
        ).status
        == 200
    )
    assert server.cloud.records["mine"] == {"a": 1}
    assert server.cloud.clock_offset == 60
    # And it can be worked on: what was shared before is one object still.
    iam.detach_role_policy(RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    iam.delete_role(RoleName="reader")
    assert whoami(home.restart(), session).status == 403


def test_managed_policies_are_aws_s_and_alike_everywhere(home: Home) -> None:
    server = home.start()
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    one = server.client("iam", ACCOUNT).get_policy(PolicyArn=arn)["Policy"]
    two = server.client("iam", "222233334444").get_policy(PolicyArn=arn)["Policy"]
    assert one["PolicyId"] == two["PolicyId"]
    iam = server.client("iam", ACCOUNT)
    iam.create_user(UserName="u")
    iam.attach_user_policy(UserName="u", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
    other = server.client("iam", "222233334444")
    assert other.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 0
    server = home.restart()
    again = server.client("iam", ACCOUNT).get_policy(PolicyArn=arn)["Policy"]
    assert (again["PolicyId"], again["AttachmentCount"]) == (one["PolicyId"], 1)
    assert len(server.client("iam", ACCOUNT).list_policies(Scope="AWS")["Policies"]) > 50
    # 1,500 documents in two accounts, and the snapshot stays small.
    assert (home.path / "snapshot").stat().st_size < 20_000


def test_a_change_is_saved_without_a_stop(home: Home) -> None:
    server = home.start()
    saved = threading.Event()
    save = home.snapshots._directory.save

    def watched(content: bytes) -> None:
        save(content)
        if b"quick-one" in content:
            saved.set()

    object.__setattr__(home.snapshots, "_directory", _Watched(watched))
    server.client("iam", ACCOUNT).create_user(UserName="quick-one")
    assert saved.wait(20)
    home.stop(save=False)  # as after `kill -9`
    users = home.start().client("iam", ACCOUNT).list_users()["Users"]
    assert "quick-one" in {user["UserName"] for user in users}


class _Watched:
    def __init__(self, save: Callable[[bytes], None]) -> None:
        self.save = save


def test_reads_save_nothing(home: Home) -> None:
    server = home.start()
    iam = server.client("iam", ACCOUNT)
    home.snapshots.save()
    before = (home.path / "snapshot").stat().st_mtime_ns
    iam.list_users()
    whoami(server, server.admin(ACCOUNT))
    home.snapshots.save()
    assert (home.path / "snapshot").stat().st_mtime_ns == before


def _two_snapshots(home: Home) -> None:
    server = home.start()
    server.client("iam", ACCOUNT).create_user(UserName="older")
    home.snapshots.save()
    server.client("iam", ACCOUNT).create_user(UserName="newer")
    home.snapshots.save()
    home.stop()


def _users(server: CloudServer) -> set[str]:
    return {u["UserName"] for u in server.client("iam", ACCOUNT).list_users()["Users"]} & {
        "older",
        "newer",
    }


@pytest.mark.parametrize("kind", ["cut", "flipped", "empty", "missing", "garbage"])
def test_a_damaged_snapshot_gives_way_to_the_one_before(home: Home, kind: str) -> None:
    _two_snapshots(home)
    newest = home.path / "snapshot"
    raw = newest.read_bytes()
    damaged = {
        "cut": raw[: len(raw) // 2],
        "flipped": raw[:-1] + bytes([raw[-1] ^ 1]),
        "empty": b"",
        "garbage": os.urandom(500),
        "missing": None,
    }[kind]
    if damaged is None:
        newest.unlink()
    else:
        newest.write_bytes(damaged)
    server = home.start()
    assert _users(server) == {"older"}
    assert home.warning is not None
    assert "the one before it" in home.warning
    assert (home.path / "snapshot.damaged").exists() == (damaged is not None)


def test_without_damage_the_newest_counts(home: Home) -> None:
    _two_snapshots(home)
    assert _users(home.start()) == {"older", "newer"}


def test_when_no_snapshot_can_be_read_nothing_is_begun_anew(home: Home) -> None:
    _two_snapshots(home)
    for name in ("snapshot", "snapshot.previous"):
        (home.path / name).write_bytes(b"x")
    with pytest.raises(Problem, match="--ephemeral") as problem:
        home.start()
    assert problem.value.exit_code == Exit.CONFLICT
    assert (home.path / "snapshot.previous").read_bytes() == b"x"


def test_a_snapshot_of_another_key_is_not_read(home: Home, tmp_path: Path) -> None:
    _two_snapshots(home)
    stranger = StateDirectory.open(tmp_path / "other")
    stranger.save(b"cos\nsystem\n(S'true'\ntR.")
    for name in ("snapshot", "snapshot.previous"):
        (home.path / name).write_bytes((tmp_path / "other" / "snapshot").read_bytes())
    read: list[bytes] = []
    with pytest.raises(Problem):
        StateDirectory.open(home.path).load(read.append)
    assert read == []


def test_a_directory_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state"
    StateDirectory.open(path)
    path.chmod(0o777)
    with pytest.raises(Problem, match="chmod go-w"):
        StateDirectory.open(path)
    path.chmod(0o700)
    for mode in (0o666, 0o640, 0o604):
        (path / "key").chmod(mode)
        with pytest.raises(Problem, match="chmod 600"):
            StateDirectory.open(path)
    (path / "key").chmod(0o666)
    with pytest.raises(Problem, match="others may read or write"):
        StateDirectory.open(path)


def test_a_lost_key_is_not_replaced_under_a_snapshot(home: Home) -> None:
    _two_snapshots(home)
    (home.path / "key").unlink()
    with pytest.raises(Problem, match="lost its key"):
        StateDirectory.open(home.path)
    assert not (home.path / "key").exists()


def test_all_files_are_for_the_owner_alone(home: Home) -> None:
    _two_snapshots(home)
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    for file in home.path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert {file.name for file in home.path.iterdir()} == {"key", "snapshot", "snapshot.previous"}


def test_what_cannot_be_pickled_is_left_out_alone(home: Home) -> None:
    from moto.sqs.models import sqs_backends

    server = home.start()
    server.client("iam", ACCOUNT).create_user(UserName="older")
    odd: Any = sqs_backends[ACCOUNT]["eu-central-1"]
    odd.unpicklable = threading.Lock()
    server.cloud.mark_changed()
    home.stop()
    del odd.unpicklable
    assert _users(home.start()) == {"older"}
