"""OIDC providers in IAM: what can be made, changed and removed, by whom, and what stays."""

import json
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.local.conftest import CloudServer
from tests.local.oidc.world import HOME, OTHER

URL = "https://id.example.org"
ARN = f"arn:aws:iam::{HOME}:oidc-provider/id.example.org"
GONE = f"arn:aws:iam::{HOME}:oidc-provider/gone.example.org"
#: The server checks, so the client must not.
UNCHECKED = Config(parameter_validation=False)


@pytest.fixture
def iam(cloud_server: CloudServer) -> Any:
    return cloud_server.client("iam", HOME, config=UNCHECKED)


def told(error: ClientError) -> tuple[int, str, str]:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return status, error.response["Error"]["Code"], error.response["Error"]["Message"]


def refused(call: Any, **params: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call(**params)
    return told(caught.value)


def test_a_provider_is_made_shown_changed_and_removed(iam: Any) -> None:
    made = iam.create_open_id_connect_provider(
        Url=URL,
        ClientIDList=["one", "two", "one"],
        ThumbprintList=["AB" * 20],
        Tags=[{"Key": "Team", "Value": "red"}],
    )
    assert made["OpenIDConnectProviderArn"] == ARN
    assert made["Tags"] == [{"Key": "Team", "Value": "red"}]
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == [{"Arn": ARN}]
    on = {"OpenIDConnectProviderArn": ARN}

    shown = iam.get_open_id_connect_provider(**on)
    assert shown["Url"] == "id.example.org"
    assert shown["ClientIDList"] == ["one", "two"]
    assert shown["ThumbprintList"] == ["ab" * 20]
    assert shown["Tags"] == [{"Key": "Team", "Value": "red"}]
    assert shown["CreateDate"]

    iam.add_client_id_to_open_id_connect_provider(**on, ClientID="three")
    iam.add_client_id_to_open_id_connect_provider(**on, ClientID="three")
    iam.remove_client_id_from_open_id_connect_provider(**on, ClientID="one")
    iam.remove_client_id_from_open_id_connect_provider(**on, ClientID="never-there")
    iam.update_open_id_connect_provider_thumbprint(**on, ThumbprintList=["cd" * 20])
    iam.tag_open_id_connect_provider(
        **on, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "cost", "Value": ""}]
    )
    iam.untag_open_id_connect_provider(**on, TagKeys=["COST", "never-there"])
    shown = iam.get_open_id_connect_provider(**on)
    assert shown["ClientIDList"] == ["two", "three"]
    assert shown["ThumbprintList"] == ["cd" * 20]
    tags = iam.list_open_id_connect_provider_tags(**on)
    assert tags["Tags"] == shown["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert tags["IsTruncated"] is False

    iam.delete_open_id_connect_provider(**on)
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert refused(iam.get_open_id_connect_provider, **on) == (
        404,
        "NoSuchEntity",
        f"OpenIDConnect Provider not found for arn {ARN}",
    )


def test_thumbprints_client_ids_and_tags_may_be_left_out(iam: Any) -> None:
    iam.create_open_id_connect_provider(Url=URL)
    shown = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=ARN)
    assert shown["ClientIDList"] == shown["ThumbprintList"] == shown["Tags"] == []


def test_one_provider_for_a_url_and_a_slash_makes_another(iam: Any) -> None:
    iam.create_open_id_connect_provider(Url=URL)
    assert refused(iam.create_open_id_connect_provider, Url=URL) == (
        409,
        "EntityAlreadyExists",
        f"Provider with url {URL} already exists.",
    )
    made = iam.create_open_id_connect_provider(Url=URL + "/")
    assert made["OpenIDConnectProviderArn"] == ARN + "/"


INVALID = "Invalid Open ID Connect Provider URL"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("id.example.org", "ValidationError"),
        ("https://", "ValidationError"),
        ("http://id.example.org", "InvalidInput"),
        ("HTTPS://id.example.org", "InvalidInput"),
        ("https://id.example.org:8443", "InvalidInput"),
        ("https://id.example.org:", "InvalidInput"),
        ("https://user@id.example.org", "InvalidInput"),
        ("https://user:word@id.example.org", "InvalidInput"),
        ("https://id.example.org?tenant=1", "InvalidInput"),
        ("https://id.example.org#tenant", "InvalidInput"),
        ("https://id.example.org?", "InvalidInput"),
        ("https://id.example.org/a;b", "InvalidInput"),
        ("https://id.example.org/a b", "InvalidInput"),
        ("https://id.example.org/a\nb", "InvalidInput"),
        ("https://id.example.org/\N{SNOWMAN}", "InvalidInput"),
        ("https://\N{LATIN SMALL LETTER E WITH ACUTE}xample.org", "InvalidInput"),
        ("https://id_.example.org", "InvalidInput"),
        ("https://-id.example.org", "InvalidInput"),
        ("https://id..example.org", "InvalidInput"),
        ("https://[::1]", "InvalidInput"),
        ("https://[", "InvalidInput"),
        ("https:///path", "InvalidInput"),
        (" https://id.example.org", "InvalidInput"),
    ],
)
def test_urls_that_aws_refuses(iam: Any, url: str, code: str) -> None:
    status, told_code, message = refused(iam.create_open_id_connect_provider, Url=url)
    assert (status, told_code) == (400, code)
    assert message.startswith(INVALID)


def test_lengths_and_numbers(iam: Any) -> None:
    create = iam.create_open_id_connect_provider
    longest = URL + "/" + "a" * (255 - len(URL) - 1)
    status, code, message = refused(create, Url=longest + "a")
    assert (status, code) == (400, "ValidationError")
    assert "at 'url'" in message
    assert "less than or equal to 255" in message
    assert refused(create)[1] == "ValidationError"
    for client, word in (("c" * 256, "less"), ("", "greater")):
        status, code, message = refused(create, Url=URL, ClientIDList=[client])
        assert (status, code) == (400, "ValidationError")
        assert word in message
    many = [f"client-{number}" for number in range(101)]
    assert refused(create, Url=URL, ClientIDList=many) == (
        409,
        "LimitExceeded",
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
    )
    for thumbprint in ("a" * 39, "a" * 41, "z" * 40, ""):
        assert refused(create, Url=URL, ThumbprintList=[thumbprint])[:2] == (400, "InvalidInput")
    six = [str(digit) * 40 for digit in range(6)]
    assert refused(create, Url=URL, ThumbprintList=six)[2] == (
        "Thumbprint list must contain fewer than 5 entries."
    )
    twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
    assert refused(create, Url=URL, Tags=twice)[1] == "InvalidInput"

    create(Url=longest, ClientIDList=many[:100], ThumbprintList=six[:5])
    arn = f"arn:aws:iam::{HOME}:oidc-provider/{longest.removeprefix('https://')}"
    add = iam.add_client_id_to_open_id_connect_provider
    assert refused(add, OpenIDConnectProviderArn=arn, ClientID="more")[1] == "LimitExceeded"
    add(OpenIDConnectProviderArn=arn, ClientID="client-0")
    assert refused(add, OpenIDConnectProviderArn=arn, ClientID="")[1] == "ValidationError"
    tags = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=tags)
    assert (
        refused(
            iam.tag_open_id_connect_provider,
            OpenIDConnectProviderArn=arn,
            Tags=[{"Key": "more", "Value": ""}],
        )[1]
        == "LimitExceeded"
    )
    update = iam.update_open_id_connect_provider_thumbprint
    assert refused(update, OpenIDConnectProviderArn=arn, ThumbprintList=[])[0] == 400


def test_a_hundred_providers_in_an_account(iam: Any) -> None:
    for number in range(100):
        iam.create_open_id_connect_provider(Url=f"https://id{number}.example.org")
    status, code, message = refused(iam.create_open_id_connect_provider, Url=URL)
    assert (status, code) == (409, "LimitExceeded")
    assert message == "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100"


def test_one_that_is_gone(iam: Any) -> None:
    on = {"OpenIDConnectProviderArn": GONE}
    not_found = (404, "NoSuchEntity", f"OpenIDConnect Provider not found for arn {GONE}")
    for call, more in (
        (iam.get_open_id_connect_provider, {}),
        (iam.list_open_id_connect_provider_tags, {}),
        (iam.add_client_id_to_open_id_connect_provider, {"ClientID": "one"}),
        (iam.remove_client_id_from_open_id_connect_provider, {"ClientID": "one"}),
        (iam.update_open_id_connect_provider_thumbprint, {"ThumbprintList": ["ab" * 20]}),
        (iam.tag_open_id_connect_provider, {"Tags": [{"Key": "a", "Value": "b"}]}),
        (iam.untag_open_id_connect_provider, {"TagKeys": ["a"]}),
    ):
        assert refused(call, **on, **more) == not_found
    assert refused(iam.delete_open_id_connect_provider, **on) == (
        404,
        "NoSuchEntity",
        f"OpenId connect Provider {GONE} cannot be found.",
    )


def test_an_account_sees_its_own_providers_alone(cloud_server: CloudServer, iam: Any) -> None:
    iam.create_open_id_connect_provider(Url=URL)
    other = cloud_server.client("iam", OTHER)
    assert other.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    with pytest.raises(ClientError):
        other.get_open_id_connect_provider(OpenIDConnectProviderArn=ARN)
    with pytest.raises(ClientError):
        other.delete_open_id_connect_provider(OpenIDConnectProviderArn=ARN)


# -- who may ---------------------------------------------------------------------------


class Clerk:
    """An IAM user with a policy."""

    def __init__(self, server: CloudServer, *statements: dict[str, Any]) -> None:
        iam = server.client("iam", HOME)
        iam.create_user(UserName="clerk")
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName="clerk", PolicyName="own", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName="clerk")["AccessKey"]
        keys = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        self.iam = server.client("iam", keys)


def test_permissions_are_asked_on_the_providers_arn(cloud_server: CloudServer, iam: Any) -> None:
    iam.create_open_id_connect_provider(Url="https://other.example.org")
    other = f"arn:aws:iam::{HOME}:oidc-provider/other.example.org"
    clerk = Clerk(cloud_server, {"Effect": "Allow", "Action": "iam:*", "Resource": ARN}).iam
    clerk.create_open_id_connect_provider(Url=URL)
    clerk.get_open_id_connect_provider(OpenIDConnectProviderArn=ARN)
    clerk.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=ARN, ClientID="one")
    for call, params in (
        (clerk.create_open_id_connect_provider, {"Url": URL + "/"}),
        (clerk.create_open_id_connect_provider, {"Url": "https://third.example.org"}),
        (clerk.get_open_id_connect_provider, {"OpenIDConnectProviderArn": other}),
        (clerk.delete_open_id_connect_provider, {"OpenIDConnectProviderArn": other}),
        (
            clerk.add_client_id_to_open_id_connect_provider,
            {"OpenIDConnectProviderArn": other, "ClientID": "one"},
        ),
        (clerk.list_open_id_connect_providers, {}),
    ):
        assert refused(call, **params)[:2] == (403, "AccessDenied")


def test_a_further_parameter_does_not_change_what_a_call_is_about(
    cloud_server: CloudServer,
) -> None:
    """A provider of another URL is not made by naming the ARN of an allowed one beside it."""
    clerk = Clerk(cloud_server, {"Effect": "Allow", "Action": "iam:*", "Resource": ARN}).iam

    clerk.meta.events.register(
        "before-call.iam.CreateOpenIDConnectProvider",
        lambda params, **_: params["body"].update({"OpenIDConnectProviderArn": ARN}),
    )
    answer = refused(clerk.create_open_id_connect_provider, Url="https://third.example.org")
    assert answer[:2] == (403, "AccessDenied")


def test_tags_count_for_permissions(cloud_server: CloudServer, iam: Any) -> None:
    iam.create_open_id_connect_provider(Url=URL, Tags=[{"Key": "team", "Value": "red"}])
    iam.create_open_id_connect_provider(Url=URL + "/", Tags=[{"Key": "team", "Value": "blue"}])
    clerk = Clerk(
        cloud_server,
        {
            "Effect": "Allow",
            "Action": "iam:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/team": "red"}},
        },
        {"Effect": "Allow", "Action": "iam:CreateOpenIDConnectProvider", "Resource": "*"},
    ).iam
    clerk.delete_open_id_connect_provider(OpenIDConnectProviderArn=ARN)
    answer = refused(clerk.delete_open_id_connect_provider, OpenIDConnectProviderArn=ARN + "/")
    assert answer[1] == "AccessDenied"
    # Who tags at birth needs the permission to tag as well.
    clerk.create_open_id_connect_provider(Url="https://third.example.org")
    answer = refused(
        clerk.create_open_id_connect_provider,
        Url="https://fourth.example.org",
        Tags=[{"Key": "team", "Value": "blue"}],
    )
    assert answer[1] == "AccessDenied"


# -- trust policies --------------------------------------------------------------------


def test_a_shared_issuer_wants_its_subject_compared(cloud_server: CloudServer, iam: Any) -> None:
    github = "token.actions.githubusercontent.com"
    made = iam.create_open_id_connect_provider(Url=f"https://{github}")

    def trust(condition: Any) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": made["OpenIDConnectProviderArn"]},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    only_audience = trust({"StringEquals": {f"{github}:aud": "sts.amazonaws.com"}})
    status, code, message = refused(
        iam.create_role, RoleName="deploy", AssumeRolePolicyDocument=only_audience
    )
    assert (status, code) == (400, "MalformedPolicyDocument")
    assert github in message
    good = trust({"StringLike": {f"{github}:sub": "repo:acme/infra:*"}})
    iam.create_role(RoleName="deploy", AssumeRolePolicyDocument=good)
    answer = refused(iam.update_assume_role_policy, RoleName="deploy", PolicyDocument=only_audience)
    assert answer == (status, code, message)
