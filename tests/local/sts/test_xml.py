"""Replies of the query protocol, byte by byte."""

from rolecall.local.api import ApiReply
from rolecall.local.sts.xml import IAM, STS, query_reply


def test_a_reply_with_everything_that_one_can_hold() -> None:
    reply = query_reply(
        "DoIt",
        STS,
        "id-1",
        {
            "Text": "a<b>&\r\n\"'",
            "Empty": "",
            "Number": 7,
            "Zero": 0,
            "Yes": True,
            "No": False,
            "Nothing": None,
            "Inner": {"A": "x", "B": None, "C": {"D": 1}},
            "List": ["a", {"K": "v"}, True],
            "EmptyList": [],
            "EmptyInner": {},
        },
    )
    body = (
        '<DoItResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><DoItResult>'
        "<Text>a&lt;b&gt;&amp;&#13;\n\"'</Text><Empty></Empty><Number>7</Number><Zero>0</Zero>"
        "<Yes>true</Yes><No>false</No><Inner><A>x</A><C><D>1</D></C></Inner>"
        "<List><member>a</member><member><K>v</K></member><member>true</member></List>"
        "<EmptyList></EmptyList><EmptyInner></EmptyInner>"
        "</DoItResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata>"
        "</DoItResponse>"
    )
    assert reply == ApiReply(
        200, body.encode(), (("Content-Type", "text/xml"), ("x-amzn-RequestId", "id-1"))
    )


def test_an_operation_that_returns_nothing() -> None:
    assert query_reply("DoIt", IAM, "id-2").body == (
        b'<DoItResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        b"<ResponseMetadata><RequestId>id-2</RequestId></ResponseMetadata></DoItResponse>"
    )


def test_a_result_without_members_is_a_result() -> None:
    assert b"<DoItResult></DoItResult>" in query_reply("DoIt", STS, "id-3", {}).body
