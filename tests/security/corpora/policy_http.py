"""IAM and STS over HTTP with bytes that no SDK would send, rightly signed."""

import urllib.request
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, unquote_to_bytes, urlencode
from xml.etree import ElementTree

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.local.conftest import CloudServer
from tests.security.corpora.policy_json import Post

_VERSIONS = {"AssumeRole": ("sts", b"2011-06-15")}


def poster(cloud: CloudServer, account: str = "111122223333") -> Post:
    """Calls of the account's administrator: status, code, what the answer says of a role."""
    key = cloud.admin(account)
    credentials = Credentials(key["aws_access_key_id"], key["aws_secret_access_key"])

    def post(given: dict[str, bytes]) -> tuple[int, str, dict[str, Any]]:
        service, version = _VERSIONS.get(given["Action"].decode(), ("iam", b"2010-05-08"))
        body = urlencode({"Version": version, **given}).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        request = AWSRequest("POST", cloud.url + "/", data=body, headers=form)
        SigV4Auth(credentials, service, "us-east-1").add_auth(request)
        sent = urllib.request.Request(cloud.url + "/", body, dict(request.headers.items()))
        try:
            with urllib.request.urlopen(sent, timeout=30) as reply:
                return reply.status, "", _role(reply.read())
        except HTTPError as error:
            return error.code, _code(error.read()), {}

    return post


def _role(body: bytes) -> dict[str, Any]:
    found = {
        each.tag.rpartition("}")[2]: each.text or "" for each in ElementTree.fromstring(body).iter()
    }
    document = found.get("AssumeRolePolicyDocument", "")
    # Written by IAM as RFC 3986 has it; bytes, for a reader that is strict about them.
    return {"arn": unquote(found.get("Arn", "")), "document": unquote_to_bytes(document)}


def _code(body: bytes) -> str:
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return "no XML"
    return next((each.text or "" for each in root.iter() if each.tag.endswith("Code")), "no code")
