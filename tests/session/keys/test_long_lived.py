"""The forms in which AWS hands out a key are all read; nothing of what is none is repeated."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rolecall.problems import Problem
from rolecall.session.keys.long_lived import LongLivedKey, key_of

ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEY = LongLivedKey(ID, SECRET)
CLI = {"AccessKey": {"UserName": "a", "AccessKeyId": ID, "Status": "Active"}}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"AccessKey": {**CLI["AccessKey"], "SecretAccessKey": SECRET}}, indent=4),
        json.dumps({"Version": 1, "AccessKeyId": ID, "SecretAccessKey": SECRET}),
        f"\ufeffAccess key ID,Secret access key\r\n{ID},{SECRET}\r\n",
        f"User name,Password,Access key ID,Secret access key,URL\nalice,,{ID},{SECRET},https://x\n",
        f"{ID}\n{SECRET}\n",
        f"  {ID}  \r\n\r\n{SECRET}",
    ],
)
def test_a_key_in_each_form(text: str) -> None:
    assert key_of(text) == KEY


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(KEY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no access key"),
        (SECRET, "no access key"),
        (f"{SECRET}\n{ID}\n", "pasted in its place"),
        (f"{ID}\nshort\n", "16 to 256"),
        (f"{ID}\nwith space {SECRET}\n", "16 to 256"),
        (f"ASIA{ID[4:]}\n{SECRET}\n", "session's"),
        (json.dumps({"AccessKeyId": ID, "SecretAccessKey": SECRET, "SessionToken": "t"}), "sessio"),
        (json.dumps({"AccessKeyId": ID}), "no access key"),
        (json.dumps({"AccessKey": [SECRET]}), "no access key"),
        (json.dumps({"AccessKeyId": ID, "SecretAccessKey": 7}), "no access key"),
        ("{" * 100_000, "no access key"),
        (f"User,Secret access key\n{ID},{SECRET}\n", "no access key"),
        (f"{ID}\n{SECRET}\n{ID}\n{SECRET}\n", "no access key"),
    ],
)
def test_what_is_no_key_is_said_and_not_repeated(text: str, reason: str) -> None:
    with pytest.raises(Problem, match=reason) as caught:
        key_of(text)
    assert SECRET not in str(caught.value)


@given(st.text(max_size=200))
@example('{"AccessKey": null}')
@example('a,b\n"\x00')
@example("[1]")
def test_any_text_is_a_key_or_a_problem(text: str) -> None:
    with pytest.raises(Problem):
        key_of(text)
