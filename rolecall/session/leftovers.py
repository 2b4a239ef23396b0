"""Looking up, in IAM, what a killed deploy may have made."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from rolecall.session.sts import aws_client, failures_in_words
from rolecall.terraform.recover import Declared, Found


def iam_look_up(region: str) -> Callable[[Declared], Found | None]:
    """A function that finds a declared role or user in the account of the credentials.

    Raises `Problem`: exit 5 where AWS refuses the look-up, 6 where it cannot be reached.
    """
    iam = aws_client("iam", region)

    def look_up(resource: Declared) -> Found | None:
        with failures_in_words():
            try:
                if resource.kind == "aws_iam_role":
                    found = iam.get_role(RoleName=resource.name)["Role"]
                else:
                    found = iam.get_user(UserName=resource.name)["User"]
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchEntity":
                    return None
                raise
        tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
        return Found(path=found["Path"], tags=tags)

    return look_up
