"""Which sessions are shared with the AWS CLI, and what tells the others apart."""

from pathlib import Path
from typing import Any

import pytest

from rolecall.session import (
    AssertionFile,
    AssertionFromStdin,
    AssumeRoleRequest,
    GitHubToken,
    Mfa,
    Narrowing,
    SamlRequest,
    TokenFile,
    WebIdentityRequest,
)
from rolecall.session.asker import asker_of
from rolecall.session.aws_files import AwsFiles
from rolecall.session.place import Folders, Place, place_of
from tests.session.proofs import encoded, jwt, saml_xml

ROLE = "arn:aws:iam::111111111111:role/tes-deployer"
PLAIN = f"[profile work]\nrole_arn = {ROLE}\nsource_profile = base\n"
KEYS = "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = SECRET-of-base\n"
ENVIRONMENT_KEYS = {"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "SECRET-of-env"}


def write(home: Path, config: str, credentials: str = KEYS) -> None:
    (home / ".aws").mkdir(exist_ok=True)
    (home / ".aws/config").write_text(config)
    (home / ".aws/credentials").write_text(credentials)


def request(**more: Any) -> AssumeRoleRequest:
    return AssumeRoleRequest(**{"role_arn": ROLE, "session_name": "alice", **more})


@pytest.fixture
def home(bare_environment: Path) -> Path:
    write(bare_environment, PLAIN)
    return bare_environment


@pytest.fixture
def place(home: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Where a request's session is kept, with these variables set."""

    def found(
        wanted: Any,
        profile: str | None = "base",
        *,
        first: str | None = None,
        region: str = "eu-central-1",
        named: bool = False,
        **variables: str,
    ) -> Place | None:
        with monkeypatch.context() as patch:
            for name, value in variables.items():
                patch.setenv(name, value)
            return place_of(
                wanted,
                asker_of(wanted, variables, profile, first),
                Folders.of(variables),
                AwsFiles.of(variables),
                region=region,
                name_given=named,
            )

    return found


def shared(place: Place | None) -> bool:
    assert place is not None
    return place.file.parent.name == "cache" and place.file.parent.parent.name == "cli"


def test_a_profile_that_means_the_same_shares(place: Any) -> None:
    assert shared(place(request()))
    assert shared(place(request(), None, AWS_PROFILE="base"))


@pytest.mark.parametrize(
    "other",
    [
        {"external_id": "acme"},
        {"duration_seconds": 900},
        {"source_identity": "alice"},
        {"tags": {"team": "payments"}},
        {"narrowing": Narrowing(policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",))},
        {"mfa": Mfa("arn:aws:iam::111111111111:mfa/alice", lambda: "123456")},
        {"role_arn": ROLE + "s"},
    ],
)
def test_what_no_profile_asks_for_is_kept_by_itself(place: Any, other: Any) -> None:
    usual, found = place(request()), place(request(**other))
    assert not shared(found)
    assert found.file.parent.parent.name == "rolecall"
    assert found.lock != usual.lock


def test_a_profile_with_the_same_settings_shares(place: Any, home: Path) -> None:
    write(
        home,
        PLAIN + "external_id = acme\nduration_seconds = 900\nrole_session_name = alice\n"
        "mfa_serial = arn:aws:iam::111111111111:mfa/alice\n",
    )
    mfa = Mfa("arn:aws:iam::111111111111:mfa/alice", lambda: "123456")
    wanted = request(external_id="acme", duration_seconds=900, mfa=mfa)
    assert shared(place(wanted, named=True))
    assert not shared(place(request(external_id="acme", duration_seconds=900), named=True))


def test_a_name_that_is_wanted_is_not_exchanged_for_one_that_was_made_up(place: Any) -> None:
    assert not shared(place(request(), named=True))


@pytest.mark.parametrize(
    "also",
    [
        f"[profile other]\nrole_arn = {ROLE}\nsource_profile = somebody\n",
        f"[profile other]\nrole_arn = {ROLE}\ncredential_source = Environment\n",
        f"[profile other]\nrole_arn = {ROLE}\nweb_identity_token_file = /token\n",
        f"[profile other]\nrole_arn = {ROLE}\nsource_profile = base\n"
        "endpoint_url = http://127.0.0.1:4566\n",
        f"[profile other]\nrole_arn = {ROLE}\nsource_profile = base\nservices = local\n"
        "[services local]\nsts =\n  endpoint_url = http://127.0.0.1:4566\n",
    ],
)
def test_where_two_callers_would_use_one_file_nothing_is_shared(
    place: Any, home: Path, also: str
) -> None:
    write(home, PLAIN + also)
    assert not shared(place(request()))


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
        {"AWS_ENDPOINT_URL_STS": "https://sts.example"},
        {"AWS_CONFIG_FILE": "/elsewhere"},
    ],
)
def test_another_endpoint_or_other_files_share_nothing(place: Any, variables: Any) -> None:
    found = place(request(), None if "AWS_CONFIG_FILE" in variables else "base", **variables)
    assert not shared(found)
    assert found.of_aws is ("AWS_CONFIG_FILE" in variables)


def test_an_endpoint_of_the_profile_counts(place: Any, home: Path) -> None:
    write(home, PLAIN + "[profile base]\nendpoint_url = http://127.0.0.1:4566\n")
    assert not shared(place(request()))
    ignored = place(request(), AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true")
    assert ignored.of_aws


def test_a_region_that_not_every_account_has_shares_nothing(place: Any) -> None:
    assert not shared(place(request(), region="eu-south-2"))


def test_keys_of_the_environment_share_nothing(place: Any) -> None:
    found = place(request(), None, AWS_PROFILE="base", **ENVIRONMENT_KEYS)
    assert not shared(found)


def test_whatever_may_be_another_caller_is_kept_apart(place: Any, home: Path) -> None:
    wanted = request(source_identity="alice")
    token = home / "token"
    token.write_text(jwt(iss="https://idp", sub="one", aud="sts"))
    web = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": ROLE}
    first = [
        place(wanted),
        place(wanted, None, **ENVIRONMENT_KEYS),
        place(wanted, None, **{**ENVIRONMENT_KEYS, "AWS_ACCESS_KEY_ID": "AKIAOTHER"}),
        place(wanted, None, **web),
        place(wanted, None),
        place(wanted, first="the-hub"),
        place(wanted, first="another-hub"),
        place(wanted, AWS_ENDPOINT_URL="http://127.0.0.1:4566"),
        place(wanted, AWS_ENDPOINT_URL="http://127.0.0.1:4567"),
        place(wanted, None, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/one"),
        place(wanted, None, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/two"),
    ]
    write(home, PLAIN, KEYS.replace("AKIABASE", "AKIAROTATED"))
    first.append(place(wanted))
    write(home, PLAIN + "[profile base]\nsource_profile = far\n[profile far]\nregion = x\n")
    first.append(place(wanted))
    assert len({one.file for one in first}) == len(first)


def test_a_new_secret_of_the_same_key_is_the_same_caller(place: Any, home: Path) -> None:
    before = place(request(source_identity="alice"))
    write(home, PLAIN, KEYS.replace("SECRET-of-base", "SECRET-rotated"))
    assert place(request(source_identity="alice")) == before


def test_a_server_on_this_machine_may_serve_anybody(place: Any) -> None:
    for uri in ("http://127.0.0.1:9999/c", "http://localhost/c", "http://[::1]:1/c", "http://[x"):
        assert place(request(), None, AWS_CONTAINER_CREDENTIALS_FULL_URI=uri) is None
    pods = "http://169.254.170.23/v1/credentials"
    assert place(request(), None, AWS_CONTAINER_CREDENTIALS_FULL_URI=pods) is not None


def test_a_token_is_its_subject_s(place: Any, home: Path) -> None:
    token = home / "token"
    found = []
    for claims in (
        {"sub": "one", "iat": 1, "jti": "a"},
        {"sub": "one", "iat": 2, "jti": "b"},
        {"sub": "two"},
        {"sub": "one", "https://aws.amazon.com/source_identity": "alice"},
    ):
        token.write_text(jwt(iss="https://idp", aud="sts", **claims))
        wanted = WebIdentityRequest(role_arn=ROLE, session_name="a-pod", token=TokenFile(token))
        found.append(place(wanted, None))
    assert found[0] == found[1]
    assert len({one.file for one in found}) == 3
    assert place(wanted, None, AWS_ENDPOINT_URL="http://127.0.0.1:4566") is None
    token.write_text("no token")
    assert place(wanted, None) is None


def test_a_profile_with_the_same_token_file_shares(place: Any, home: Path) -> None:
    token = home / "token"
    token.write_text(jwt(sub="one"))
    write(
        home,
        f"[profile pod]\nrole_arn = {ROLE}\nweb_identity_token_file = {token}\n"
        "role_session_name = a-pod\n",
    )
    wanted = {"role_arn": ROLE, "session_name": "a-pod", "token": TokenFile(token)}
    assert shared(place(WebIdentityRequest(**wanted), None, named=True))
    assert not shared(place(WebIdentityRequest(**wanted, duration_seconds=900), None, named=True))


def test_proofs_that_are_for_one_use_are_not_kept(place: Any, home: Path) -> None:
    github = GitHubToken("https://token.example", "bearer")
    named = {"role_arn": ROLE, "session_name": "a-job"}
    assert place(WebIdentityRequest(**named, token=github), None) is None
    assert place(SamlRequest(role_arn=ROLE, assertion=AssertionFromStdin()), None) is None


def test_another_sign_in_is_another_caller(place: Any, home: Path) -> None:
    provider = "arn:aws:iam::111111111111:saml-provider/acme"
    response = home / "response"
    wanted = SamlRequest(role_arn=ROLE, assertion=AssertionFile(response))
    found = []
    for inside in ("", "<x/>"):
        response.write_text(encoded(saml_xml(f"{ROLE},{provider}", inside=inside)))
        found.append(place(wanted, None))
    assert found[0] != found[1]
    assert not shared(found[0])


def test_no_secret_is_in_a_name_or_in_what_names_are_made_of(place: Any, home: Path) -> None:
    asker = asker_of(request(), {}, "base")
    assert "SECRET" not in str(asker.identity)
    assert "SECRET" not in repr(asker)
    environment = asker_of(request(), ENVIRONMENT_KEYS, None)
    assert "SECRET" not in str(environment.identity)
