"""The STS client, and what its failures mean to a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
)

from rolecall.problems import Exit, Problem

#: The embedded AWS says in this reply header why it refused; AWS never does.
REASON_HEADER = "x-rolecall-reason"

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3})


def sts_client(region: str | None = None, profile: str | None = None) -> Any:
    """An STS client; the regional endpoint is used.

    Source: AWS SDKs reference, "AWS STS Regional endpoints". Raises as `aws_client` does.
    """
    return aws_client("sts", region, profile)


def aws_client(service: str, region: str | None = None, profile: str | None = None) -> Any:
    """A client for the credentials, endpoint and region of the environment variables.

    Raises `Problem` for an unknown profile, where no region is set, or for an endpoint
    that is no URL.
    """
    with failures_in_words():
        session = boto3.Session(profile_name=profile, region_name=region)
        try:
            return session.client(service, config=_CONFIG)
        except ValueError as error:
            raise Problem(
                f"{error}: write AWS_ENDPOINT_URL as http://127.0.0.1:4566, or unset it."
            ) from None


@contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn what the SDK raises into a `Problem` that says what to do."""
    try:
        yield
    except ClientError as error:
        raise _refusal(error) from None
    except (NoCredentialsError, PartialCredentialsError):
        raise Problem(
            "no AWS credentials found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            'AWS_SECRET_ACCESS_KEY (for the embedded AWS: eval "$(rolecall local env identity)").'
        ) from None
    except ProfileNotFound as error:
        raise Problem(f"{error}: see `aws configure list-profiles` for the known ones.") from None
    except NoRegionError:
        raise Problem("no AWS region is set: export AWS_REGION.") from None
    except EndpointConnectionError as error:
        endpoint = error.kwargs.get("endpoint_url", "the endpoint")
        raise Problem(
            f"nothing answers at {endpoint}: check AWS_ENDPOINT_URL and the network, or start "
            "the embedded AWS with `rolecall local up`.",
            Exit.UNREACHABLE,
        ) from None
    except HTTPClientError as error:
        raise Problem(
            f"AWS could not be reached ({type(error).__name__}): check the network and try again.",
            Exit.UNREACHABLE,
        ) from None
    except BotoCoreError as error:
        raise Problem(f"the AWS SDK refused the call: {error}") from None


def _refusal(error: ClientError) -> Problem:
    details = error.response.get("Error", {})
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    sentence = f"AWS refused: {details.get('Code', 'Unknown')}: {details.get('Message', '')}"
    if reason := headers.get(REASON_HEADER):
        sentence += f"\n  why: {reason}"
    return Problem(sentence, Exit.DENIED)
