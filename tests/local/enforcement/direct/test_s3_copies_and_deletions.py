"""The permissions for a copy and for the deletion of many objects in S3.

Source: "Required permissions for Amazon S3 API operations" in the Amazon S3 User Guide.
"""

from typing import Any

import pytest

from rolecall.local.authorization.s3 import needed_for
from tests.local.enforcement.direct.conftest import Place, api_call, refusal, told

B, K = "arn:aws:s3:::b", "arn:aws:s3:::b/k"


def needs(method: str, path: str, *flags: str, **said: Any) -> list[tuple[str, str]]:
    params = dict.fromkeys(flags, "")
    return needed_for(api_call("s3", method=method, path=path, params=params, **said))


def test_a_copy(place: Place) -> None:
    place.bucket("src")
    place.thing("src", "plain", {})
    place.thing("src", "tagged", {"a": "1"})

    def copied(source: str, *flags: str, **headers: str) -> list[tuple[str, str]]:
        sent = {"x-amz-copy-source": source, **headers}
        return needs("PUT", "/b/k", *flags, headers=sent)

    put = ("s3:PutObject", K)
    read = "arn:aws:s3:::src"
    assert copied("src/none") == [put, ("s3:GetObject", f"{read}/none")]
    assert copied("no/k") == [put, ("s3:GetObject", "arn:aws:s3:::no/k")]
    assert copied("/src/plain") == [put, ("s3:GetObject", f"{read}/plain")]
    tagged = [
        ("s3:GetObject", f"{read}/tagged"),
        ("s3:GetObjectTagging", f"{read}/tagged"),
        ("s3:PutObjectTagging", K),
    ]
    assert copied("src/tagged") == [put, *tagged]
    assert copied("src/tagged", **{"x-amz-tagging-directive": "COPY"}) == [put, *tagged]
    replaced = copied("src/tagged", **{"x-amz-tagging-directive": "replace"})
    assert replaced == [put, tagged[0]]
    assert copied("src/tagged?versionId=v") == [
        put,
        ("s3:GetObjectVersion", f"{read}/tagged"),
        ("s3:GetObjectVersionTagging", f"{read}/tagged"),
        ("s3:PutObjectTagging", K),
    ]
    # moto looks at the source first, whatever the call is about.
    assert copied("src/plain", "tagging")[:2] == [("s3:PutObjectTagging", K), put]
    assert needs("GET", "/b/k", headers={"x-amz-copy-source": "src/plain"}) == [("s3:GetObject", K)]
    assert needs("POST", "/b/k", "restore", headers={"x-amz-copy-source": "src/plain"}) == [
        ("s3:RestoreObject", K),
        ("s3:GetObject", f"{read}/plain"),
    ]


@pytest.mark.parametrize("source", ["arn:aws:s3:x", "/arn:aws:s3:x", "arn%3Aaws", "//arn%3aaws"])
def test_a_copy_from_an_access_point(source: str) -> None:
    call = api_call("s3", method="PUT", path="/b/k", headers={"x-amz-copy-source": source})
    assert "a copy from an access point" in refusal(needed_for, call).reason


def delete(*objects: str, wrap: str = "Delete") -> Any:
    body = f"<{wrap}>{''.join(f'<Object>{each}</Object>' for each in objects)}</{wrap}>"
    return api_call("s3", method="POST", path="/b", params={"delete": ""}, body=body.encode())


def test_the_permission_on_each_key_to_delete() -> None:
    objects = (
        "<Key>a</Key>",
        "<Key>b/c</Key><VersionId>v</VersionId>",
        "<Key>d</Key><VersionId/>",
        "<ETag>e</ETag>",
    )
    assert needed_for(delete(*objects)) == [
        ("s3:DeleteObject", f"{B}/a"),
        ("s3:DeleteObjectVersion", f"{B}/b/c"),
        ("s3:DeleteObject", f"{B}/d"),
        ("s3:DeleteObject", f"{B}/"),
    ]


def test_how_many_keys_one_call_may_delete() -> None:
    malformed = ("MalformedXML", "The XML you provided was not well-formed", 400)
    assert len(needed_for(delete(*["<Key>a</Key>"] * 1000))) == 1000
    for call in (delete(), delete(*["<Key>a</Key>"] * 1001), delete("<Key>&x;</Key>")):
        assert told(refusal(needed_for, call)) == malformed
