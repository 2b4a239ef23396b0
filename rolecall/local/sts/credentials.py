"""The `Credentials` element of STS replies."""

from rolecall.local.api import TemporaryCredentials
from rolecall.local.authorization.context import timestamp
from rolecall.local.sts.xml import Result


def credentials_element(issued: TemporaryCredentials) -> dict[str, Result]:
    """Temporary credentials as STS prints them."""
    return {
        "AccessKeyId": issued.access_key_id,
        "SecretAccessKey": issued.secret_access_key,
        "SessionToken": issued.session_token,
        "Expiration": timestamp(issued.expiration),
    }
