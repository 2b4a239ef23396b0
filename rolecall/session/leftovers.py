"""Looking up, in IAM, what a killed deploy may have made."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from rolecall.session.sts import aws_client, failures_in_words
from rolecall.terraform.recover import Declared, Found


def iam_look_up(
    region: str, account_id: str, partition: str = "aws"
) -> Callable[[Declared], Found | None]:
    """A function that finds a declared role, user or identity provider in the account.

    Raises `Problem`: exit 5 where AWS refuses the look-up, 6 where it cannot be reached.
    """
    iam = aws_client("iam", region)
    own = f"arn:{partition}:iam::{account_id}"

    def role(name: str) -> Found:
        found = iam.get_role(RoleName=name)["Role"]
        return Found((found["Path"],), _tags(found), name)

    def user(name: str) -> Found:
        found = iam.get_user(UserName=name)["User"]
        return Found((found["Path"],), _tags(found), name)

    def oidc_provider(name: str) -> Found:
        arn = f"{own}:oidc-provider/{name}"
        found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        return Found(tuple(sorted(found.get("ClientIDList", []))), _tags(found), arn)

    def saml_provider(name: str) -> Found:
        arn = f"{own}:saml-provider/{name}"
        found = iam.get_saml_provider(SAMLProviderArn=arn)
        return Found((found["SAMLMetadataDocument"],), _tags(found), arn)

    kinds: dict[str, Callable[[str], Found]] = {
        "aws_iam_role": role,
        "aws_iam_user": user,
        "aws_iam_openid_connect_provider": oidc_provider,
        "aws_iam_saml_provider": saml_provider,
    }

    def look_up(resource: Declared) -> Found | None:
        with failures_in_words():
            try:
                return kinds[resource.kind](resource.name)
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchEntity":
                    return None
                raise

    return look_up


def _tags(found: Any) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
