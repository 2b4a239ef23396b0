"""A SAML provider of IAM: whose assertions an account believes."""

import re
from collections.abc import Mapping
from datetime import datetime
from os import PathLike
from types import MappingProxyType

from rolecall.issuers.saml_metadata import SamlMetadata, read_saml_metadata
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf._cdktf import Construct, IamSamlProvider
from rolecall_cdktf.certificate_dates import warn_of_ends
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.names import checked_name, own_id
from rolecall_cdktf.policies import escaped
from rolecall_cdktf.resource_tags import checked_tags
from rolecall_cdktf.saml_metadata_source import Fetch, fetch_metadata, metadata_text
from rolecall_cdktf.shared_providers import SharedSamlProvider, provider_arn
from rolecall_cdktf.vouching import Resident

_NO_TAGS: Mapping[str, str] = MappingProxyType({})
_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")


class SamlProvider(IamSamlProvider, Resident):
    """A SAML identity provider of the account; it *is* the `aws_iam_saml_provider`.

    metadata, metadata_file, metadata_url: the identity provider's metadata as XML text, as
        a file or at an `https://` URL; one of the three. It is read and checked when the
        stack is synthesized.
    name: `<environment>-<id>` if left out.
    tags: up to 50 together with the environment's.
    fetch: what reads `metadata_url`, if not ten seconds of HTTPS are to do it.

    A signing certificate that has expired or ends within thirty days is a warning: AWS does
    not check it. Raises `Problem`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        metadata: str | None = None,
        metadata_file: str | PathLike[str] | None = None,
        metadata_url: str | None = None,
        name: str | None = None,
        tags: Mapping[str, str] = _NO_TAGS,
        fetch: Fetch = fetch_metadata,
    ) -> None:
        stack = EnvironmentStack.around(scope, f"The SAML provider {shown(id)}")
        environment = stack.environment
        checked_name(f"The SAML provider {shown(id)}", id, "a SAML provider")
        own_name = _name(f'The SAML provider "{id}"', name, f"{environment.name}-{id}")
        owner = f'The SAML provider "{own_name}"'
        text = metadata_text(owner, metadata, metadata_file, metadata_url, fetch)
        read = _read(owner, text)
        own_tags = checked_tags(owner, tags, environment.tags)
        self._metadata = read
        self._provider_name = own_name
        self._provider_arn = (
            f"arn:{environment.partition}:iam::{environment.account_id}:saml-provider/{own_name}"
        )
        self._home = stack
        self._what = f"the SAML provider {own_name}"
        stack.claim(
            "saml_provider",
            own_name,
            self._provider_arn,
            remedy=f'give it another name, or use SamlProvider.from_name("{own_name}")',
            of_account=True,
        )
        with own_id(owner, id):
            super().__init__(
                scope,
                id,
                name=own_name,
                saml_metadata_document=escaped(text),
                tags=own_tags or None,
            )
        ends = [found.not_valid_after_utc for found in read.signing_certificates]
        self._warn(f"{owner}: a signing certificate of its metadata", ends)
        if read.valid_until is not None:
            self._warn(f"{owner}: its metadata", [read.valid_until])

    def _warn(self, what: str, ends: list[datetime]) -> None:
        warn_of_ends(self, what, ends, "ask the identity provider for new metadata")

    @property
    def provider_name(self) -> str:
        """The name in letters, `<environment>-<id>` unless it was given one."""
        return self._provider_name

    @property
    def provider_arn(self) -> str:
        """The ARN in letters, known before anything is deployed."""
        return self._provider_arn

    @property
    def entity_id(self) -> str:
        """Who issues the assertions, as the metadata has it."""
        return self._metadata.entity_id

    @staticmethod
    def from_name(name: str) -> SharedSamlProvider:
        """The provider of this name that the role's account has already. No resource."""
        return SharedSamlProvider(_name("SamlProvider.from_name", name, ""))

    @staticmethod
    def from_arn(arn: str) -> SharedSamlProvider:
        """The provider with this ARN, which is of the account of the roles that trust it.

        Raises `Problem`, and so does a role of another account.
        """
        owner = "SamlProvider.from_arn"
        example = "arn:aws:iam::111122223333:saml-provider/acme"
        name, found = provider_arn(owner, arn, "saml-provider", example)
        return SharedSamlProvider(_name(owner, name, ""), found.account, found.partition)


def _name(owner: str, name: object, default: str) -> str:
    found = default if name is None and default else name
    if not _NAME.match(Arguments(owner).text("name", found, '"acme"')):
        raise Problem(
            f"{owner}: {shown(found)} cannot name a SAML provider; it has 1 to 128 letters, digits "
            "and ._-."
        )
    return str(found)


def _read(owner: str, text: str) -> SamlMetadata:
    try:
        found = read_saml_metadata(text.encode("utf-8", "surrogatepass"))
    except Problem as problem:
        raise Problem(f"{owner}: {problem}") from problem
    return found
