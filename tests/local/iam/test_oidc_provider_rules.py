"""OIDC providers of an account: what IAM refuses, keeps and shows of them."""

import pytest

from rolecall.local.iam import oidc_providers
from rolecall.policy import RootUser
from tests.local.iam.conftest import HOME, OTHER, Iam, listed, tag_params

URL = "https://id.example.com/tenant"
ARN = f"arn:aws:iam::{HOME}:oidc-provider/id.example.com/tenant"
THUMB = "0123456789abcdefABCDEF012345678901234567"
BY_ARN = [
    ("AddClientIDToOpenIDConnectProvider", {"ClientID": "x"}),
    ("DeleteOpenIDConnectProvider", {}),
    ("GetOpenIDConnectProvider", {}),
    ("ListOpenIDConnectProviderTags", {}),
    ("RemoveClientIDFromOpenIDConnectProvider", {"ClientID": "x"}),
    ("TagOpenIDConnectProvider", tag_params({"a": "b"})),
    ("UntagOpenIDConnectProvider", {"TagKeys.member.1": "a"}),
    ("UpdateOpenIDConnectProviderThumbprint", {"ThumbprintList.member.1": THUMB}),
]


def made(here: Iam, *clients: str, url: str = URL) -> str:
    given = listed("ClientIDList", clients)
    return str(here.ask("CreateOpenIDConnectProvider", given, Url=url)["OpenIDConnectProviderArn"])


def shown(here: Iam) -> dict[str, object]:
    found = here.ask("GetOpenIDConnectProvider", OpenIDConnectProviderArn=ARN)
    return {name: value or [] for name, value in found.items() if name != "CreateDate"}


def test_a_provider_is_what_was_asked_for(here: Iam) -> None:
    saved = here.saved
    reply = here.ask(
        "CreateOpenIDConnectProvider",
        {
            "Url": URL,
            **listed("ClientIDList", ["b", "a", "b"]),
            **listed("ThumbprintList", [THUMB]),
            **tag_params({"team": "web", "x": ""}),
        },
    )
    tags = [{"Key": "team", "Value": "web"}, {"Key": "x", "Value": ""}]
    assert reply == {"OpenIDConnectProviderArn": ARN, "Tags": tags}
    assert here.saved > saved
    assert shown(here) == {
        "Url": "id.example.com/tenant",
        "ClientIDList": ["b", "a"],
        "ThumbprintList": [THUMB.lower()],
        "Tags": tags,
    }
    found = here.ask("ListOpenIDConnectProviderTags", OpenIDConnectProviderArn=ARN)
    assert found == {"Tags": tags, "IsTruncated": "false"}
    assert here.ask("GetOpenIDConnectProvider", OpenIDConnectProviderArn=ARN)["CreateDate"]


def test_a_provider_without_anything_more(here: Iam) -> None:
    made(here)
    expected: dict[str, object] = {"Url": "id.example.com/tenant", "ClientIDList": []}
    assert shown(here) == {**expected, "ThumbprintList": [], "Tags": []}


@pytest.mark.parametrize(("action", "more"), BY_ARN)
def test_a_provider_that_is_not_there(here: Iam, action: str, more: dict[str, str]) -> None:
    made(here)
    for gone in (ARN.upper(), f"{ARN}/", ARN.replace(HOME, OTHER)):
        code, message, status = here.refused(action, more, OpenIDConnectProviderArn=gone)
        assert (code, status, gone in message) == ("NoSuchEntity", 404, True)
    stranger = here.identity(RootUser(account=OTHER))
    given = {"OpenIDConnectProviderArn": ARN, **more}
    assert here.refused(action, given, by=stranger)[0] == "NoSuchEntity"
    assert "Value null at 'openIDConnectProviderArn'" in here.refused(action, more)[1]


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "https://a-1.example.com/",
        "https://A.Example/x/.well_known~!$&'()*+,=:@-%20",
        f"https://{'a' * 63}.example",
        f"https://a.example/{'x' * 237}",
    ],
)
def test_urls_of_issuers(here: Iam, url: str) -> None:
    assert made(here, url=url) == f"arn:aws:iam::{HOME}:oidc-provider/{url[8:]}"


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("", "ValidationError", "Value null at 'url'"),
        (f"https://a.example/{'x' * 238}", "ValidationError", "equal to 255"),
        ("a.example", "ValidationError", "Invalid Open ID Connect Provider URL"),
        ("https://", "ValidationError", "Invalid Open ID Connect Provider URL"),
        ("http://a.example", "InvalidInput", "must begin with https://."),
        ("HTTPS://a.example", "InvalidInput", "must begin with https://."),
        ("https://[a.example", "InvalidInput", "Provider URL."),
        ("https://localhost", "InvalidInput", "Provider URL."),
        ("https://a.example:443", "InvalidInput", "Provider URL."),
        ("https://u@a.example", "InvalidInput", "Provider URL."),
        ("https://-a.example", "InvalidInput", "Provider URL."),
        ("https://a-.example", "InvalidInput", "Provider URL."),
        (f"https://{'a' * 64}.example", "InvalidInput", "Provider URL."),
        ("https://\u00e9.example", "InvalidInput", "Provider URL."),
        ("https://a..example", "InvalidInput", "Provider URL."),
        ("https://a.example/\u00e9", "InvalidInput", "Provider URL."),
        ("https://a.example/a b", "InvalidInput", "Provider URL."),
        ("https://a.example/x;y", "InvalidInput", "Provider URL."),
        ("https://a.example?x", "InvalidInput", "Provider URL."),
        ("https://a.example/?", "InvalidInput", "Provider URL."),
        ("https://a.example#x", "InvalidInput", "Provider URL."),
        ("https://a.example/#", "InvalidInput", "Provider URL."),
        ("https://a.exam\tple/x", "InvalidInput", "Provider URL."),
    ],
)
def test_what_is_no_url_of_an_issuer(here: Iam, url: str, code: str, told: str) -> None:
    refusal = here.refused("CreateOpenIDConnectProvider", Url=url)
    assert (refusal[0], refusal[1].endswith(told) or told in refusal[1]) == (code, True)


def test_one_provider_for_a_url(here: Iam) -> None:
    made(here)
    message = f"Provider with url {URL} already exists."
    assert here.refused("CreateOpenIDConnectProvider", Url=URL) == (
        "EntityAlreadyExists",
        message,
        409,
    )
    # A slash at the end is another URL.
    assert made(here, url=f"{URL}/") == f"{ARN}/"


def test_100_providers_and_no_more(here: Iam) -> None:
    for number in range(99):
        here.home.open_id_providers[str(number)] = object()
    made(here)
    assert here.refused("CreateOpenIDConnectProvider", Url="https://b.example") == (
        "LimitExceeded",
        "Cannot exceed quota for OpenIdConnectProvidersPerAccount: 100",
        409,
    )
    assert here.code("CreateOpenIDConnectProvider", Url=URL) == "EntityAlreadyExists"


def test_100_client_ids_and_no_more(here: Iam) -> None:
    limit = (
        "LimitExceeded",
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
        409,
    )
    given = listed("ClientIDList", [f"c{n}" for n in range(101)])
    assert here.refused("CreateOpenIDConnectProvider", given, Url=URL) == limit
    made(here, *(f"c{n}" for n in range(99)))
    add = {"OpenIDConnectProviderArn": ARN}
    saved = here.saved
    assert here.ask("AddClientIDToOpenIDConnectProvider", add, ClientID="last") == {}
    assert here.saved > saved
    assert here.refused("AddClientIDToOpenIDConnectProvider", add, ClientID="more") == limit
    here.ask("AddClientIDToOpenIDConnectProvider", add, ClientID="c7")
    assert shown(here)["ClientIDList"] == [*(f"c{n}" for n in range(99)), "last"]
    here.home.open_id_providers.clear()
    made(here, *(f"c{n}" for n in range(100)))


def test_a_client_id_is_1_to_255_characters(here: Iam) -> None:
    made(here)
    add = {"OpenIDConnectProviderArn": ARN}
    for action in (
        "AddClientIDToOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider",
    ):
        assert here.code(action, add, ClientID="x" * 255) == ""
        assert "Value at 'clientID'" in here.refused(action, add, ClientID="x" * 256)[1]
        assert here.code(action, add, ClientID="") == "ValidationError"
        assert here.code(action, add) == "ValidationError"
    for wrong in ("", "x" * 256):
        given = listed("ClientIDList", ["ok", wrong])
        refusal = here.refused("CreateOpenIDConnectProvider", given, Url="https://b.example")
        assert (refusal[0], "Value at 'clientID'" in refusal[1]) == ("ValidationError", True)


def test_client_ids_are_removed_again(here: Iam) -> None:
    made(here, "a", "b")
    remove = {"OpenIDConnectProviderArn": ARN}
    for client in ("a", "never"):
        reply = here.ask("RemoveClientIDFromOpenIDConnectProvider", remove, ClientID=client)
        assert reply == {}
    assert shown(here)["ClientIDList"] == ["b"]


@pytest.mark.parametrize(
    ("prints", "told"),
    [
        ([THUMB[:-1]], "exactly 40 characters"),
        ([f"{THUMB}0"], "exactly 40 characters"),
        ([THUMB, f"{THUMB[:-1]}g"], "hexadecimal"),
        ([""], "exactly 40 characters"),
        ([THUMB] * 6, "fewer than 5 entries"),
    ],
)
def test_thumbprints_that_are_none(here: Iam, prints: list[str], told: str) -> None:
    given = listed("ThumbprintList", prints)
    refusal = here.refused("CreateOpenIDConnectProvider", given, Url=URL)
    assert (refusal[0], told in refusal[1]) == ("InvalidInput", True)
    made(here)
    update = {"OpenIDConnectProviderArn": ARN, **given}
    assert told in here.refused("UpdateOpenIDConnectProviderThumbprint", update)[1]


def test_thumbprints_are_replaced_as_a_whole(here: Iam) -> None:
    made(here)
    update = {"OpenIDConnectProviderArn": ARN}
    five = [f"{n}" * 40 for n in range(5)]
    for prints in (five, [THUMB]):
        given = listed("ThumbprintList", prints)
        assert here.ask("UpdateOpenIDConnectProviderThumbprint", update | given) == {}
        assert shown(here)["ThumbprintList"] == [each.lower() for each in prints]
    refusal = here.refused("UpdateOpenIDConnectProviderThumbprint", update)
    assert "Value null at 'thumbprintList'" in refusal[1]
    assert here.code("CreateOpenIDConnectProvider", listed("ThumbprintList", five), Url="x") != ""


def test_tags_of_a_provider(here: Iam) -> None:
    made(here)
    name = {"OpenIDConnectProviderArn": ARN}
    here.ask("TagOpenIDConnectProvider", {**name, **tag_params({"Team": "web", "a": "1"})})
    here.ask("TagOpenIDConnectProvider", {**name, **tag_params({"TEAM": "x", "b": "2"})})
    expected = [
        {"Key": "TEAM", "Value": "x"},
        {"Key": "a", "Value": "1"},
        {"Key": "b", "Value": "2"},
    ]
    assert shown(here)["Tags"] == expected
    saved = here.saved
    here.ask("UntagOpenIDConnectProvider", {**name, **listed("TagKeys", ["team", "no", "B"])})
    assert here.saved > saved
    assert shown(here)["Tags"] == [{"Key": "a", "Value": "1"}]
    for action, more in (
        ("TagOpenIDConnectProvider", name),
        ("CreateOpenIDConnectProvider", {"Url": "https://b.example"}),
    ):
        assert here.code(action, {**more, **tag_params({"aws:x": "y"})}) == "InvalidInput"


def test_50_tags_and_no_more(here: Iam) -> None:
    made(here)
    name = {"OpenIDConnectProviderArn": ARN}
    fifty = tag_params({f"k{n}": "" for n in range(50)})
    here.ask("TagOpenIDConnectProvider", {**name, **fifty})
    here.ask("TagOpenIDConnectProvider", {**name, **tag_params({"K1": "x"})})
    words = "Cannot exceed quota for TagsPerResource: 50"
    refusal = here.refused("TagOpenIDConnectProvider", {**name, **tag_params({"one": ""})})
    assert refusal == ("LimitExceeded", words, 409)


def test_a_deleted_provider_is_gone(here: Iam) -> None:
    made(here)
    assert oidc_providers.provider_by_arn(ARN, HOME) is not None
    assert oidc_providers.provider_by_arn(ARN, OTHER) is None
    saved = here.saved
    assert here.ask("DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=ARN) == {}
    assert here.saved > saved
    assert oidc_providers.provider_by_arn(ARN, HOME) is None


def test_which_provider_a_call_is_about() -> None:
    given = {"Url": f"{URL}/", "OpenIDConnectProviderArn": "arn"}
    arn_of = oidc_providers.arn_of
    assert arn_of("CreateOpenIDConnectProvider", given, HOME) == f"{ARN}/"
    assert arn_of("GetOpenIDConnectProvider", given, HOME) == "arn"
    assert arn_of("GetOpenIDConnectProvider", {"Url": URL}, HOME) == ""
    assert arn_of("CreateOpenIDConnectProvider", {}, HOME) == (
        f"arn:aws:iam::{HOME}:oidc-provider/"
    )
