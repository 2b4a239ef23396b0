"""What fuzzing found, as what a user relies on."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from rolecall.environment.loading import parse_environment
from rolecall.local.authorization.operations import operations_of
from rolecall.local.http_call import parse
from rolecall.policy import PolicyDocument, PolicyError
from rolecall.problems import Exit, Problem
from rolecall.session.aws_files import AwsFiles
from rolecall.session.profile import Profile, write_profile
from tests.local.conftest import CloudServer, cloud_server, start_cloud
from tests.local.transport.raw import ACCOUNT, send, signed

__all__ = ["cloud_server", "start_cloud"]


def test_a_digest_that_is_no_ascii_is_a_wrong_digest(
    cloud_server: CloudServer,
) -> None:
    keys = cloud_server.admin(ACCOUNT)
    headers = signed(cloud_server, keys, service="s3", method="GET", path="/")
    digest = next(name for name in headers if name.lower() == "x-amz-content-sha256")
    reply = send(cloud_server, "GET", "/", {**headers, digest: "é" * 64})
    assert (reply.status, "XAmzContentSHA256Mismatch" in reply.text) == (400, True)


@pytest.mark.parametrize(
    "path", ["/destinations/x/../arn", "/destinations/./arn", "//destinations/arn", "/a//b", "/.."]
)
def test_a_path_whose_signature_covers_another_one_is_no_operation(path: str) -> None:
    call = parse({"REQUEST_METHOD": "GET", "REQUEST_URI": path, "HTTP_HOST": "localhost"})
    assert operations_of(dataclasses.replace(call, service="iot", protocol="rest-json")) == []


def test_a_path_that_is_signed_as_it_is_stays_an_operation() -> None:
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/destinations/arn/x..y/"}
    call = parse({**environ, "HTTP_HOST": "localhost"})
    found = operations_of(dataclasses.replace(call, service="iot", protocol="rest-json"))
    assert [each.name for each in found] == ["GetTopicRuleDestination"]


def test_a_file_with_a_byte_order_mark_is_none_that_aws_tools_read(tmp_path: Path) -> None:
    files = AwsFiles(tmp_path / "config", tmp_path / "credentials")
    content = b"\xef\xbb\xbf[default]\nregion = eu-central-1\n"
    files.config.write_bytes(content)
    with pytest.raises(Problem, match="byte order mark") as caught:
        write_profile(files, Profile("tes", "eu-central-1", command=["x"]))
    assert (caught.value.exit_code, files.config.read_bytes()) == (Exit.CONFLICT, content)


@pytest.mark.parametrize("network", ["fe80::%1/64", "2001:db8::%eth0/32", "::%x"])
def test_a_network_with_a_zone_is_none_that_a_policy_can_name(network: str) -> None:
    condition = {"IpAddress": {"aws:SourceIp": network}}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Condition": condition}
    with pytest.raises(PolicyError, match="is not an IP address"):
        PolicyDocument.parse({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize("written", ['"eu\\ncentral-1"', '"\\e[2Jeu-central-1"', "eu\n\n  central"])
def test_what_an_environment_file_holds_breaks_no_sentence(written: str) -> None:
    text = f'account_id: "111111111111"\nregion: {written}\n'
    with pytest.raises(Problem) as refused:
        parse_environment("tes", text)
    assert str(refused.value).isprintable()
    assert "is not an AWS region" in str(refused.value)
