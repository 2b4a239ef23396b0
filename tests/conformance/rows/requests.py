"""Requests as no SDK sends them: signatures, parameters twice, lists with gaps, unknown calls"""

from tests.conformance.assume_role import denied
from tests.conformance.aws_call import Raw
from tests.conformance.case import Case, Expected, invalid
from tests.conformance.documents import allow, policy
from tests.conformance.pages import ASSUME, EXTERNAL, KEYS, SESSION, SOURCE, STS_ERRORS, TAGS

VERSION_OF_STS = ("Version", "2011-06-15")
ASK = (
    ("Action", "AssumeRole"),
    VERSION_OF_STS,
    ("RoleArn", "{role}"),
    ("RoleSessionName", "a-session"),
)
NARROW = policy(allow("s3:*"))
GAP: Expected = ("MalformedInput", None)

ROWS: list[Case] = [
    Raw("an ordinary form", ASSUME, form=ASK),
    Raw("without a signature", STS_ERRORS, ("MissingAuthenticationToken", None), ASK, caller=None),
    Raw("GetCallerIdentity without a signature", STS_ERRORS, ("MissingAuthenticationToken", None),
        (("Action", "GetCallerIdentity"), VERSION_OF_STS), caller=None),
    Raw("an unknown operation", STS_ERRORS, ("InvalidAction", None),
        (("Action", "BecomeRole"), VERSION_OF_STS)),
    Raw("an operation in another case", STS_ERRORS, ("InvalidAction", None),
        (("Action", "assumerole"), *ASK[1:])),
    Raw("an operation with a space after it", STS_ERRORS, ("InvalidAction", None),
        (("Action", "AssumeRole "), *ASK[1:])),
    Raw("a version of another service", STS_ERRORS,
        ("InvalidAction", "Could not find operation AssumeRole for version 2010-05-08"),
        (ASK[0], ("Version", "2010-05-08"), *ASK[2:])),
    Raw("no version", STS_ERRORS, ("InvalidAction", None), (ASK[0], *ASK[2:])),
    Raw("a signature for another service", STS_ERRORS, ("InvalidAction", None), ASK, scope="iam"),
    Raw("an operation of IAM with a signature for STS", STS_ERRORS, ("InvalidAction", None),
        (("Action", "CreateRole"), ("Version", "2010-05-08"), ("RoleName", "r"),
         ("AssumeRolePolicyDocument", NARROW))),
    Raw("another address", KEYS, ("AccessDenied", None), form=(
        *ASK[:2], ("RoleArn", "{address}"), ASK[3])),
    Raw("another address, said by a header", KEYS, ("AccessDenied", None), form=(
        *ASK[:2], ("RoleArn", "{address}"), ASK[3]),
        headers=(("X-Forwarded-For", "203.0.113.7"), ("Forwarded", "for=203.0.113.7"),
                 ("X-Real-Ip", "203.0.113.7"))),
    Raw("no operation", STS_ERRORS, ("InvalidAction", None), ASK[1:]),
    Raw("a parameter in another case is none", ASSUME, invalid(None, "roleArn", "not be null"),
        (*ASK[:2], ("rolearn", "{role}"), ASK[3])),
    Raw("an external ID in another case of the parameter", EXTERNAL, denied(),
        (*ASK[:2], ("RoleArn", "{external}"), ASK[3], ("externalid", "x1"))),
    Raw("an external ID twice, the right one second", EXTERNAL, ("AccessDenied", None),
        (*ASK[:2], ("RoleArn", "{external}"), ASK[3], ("ExternalId", "y1"), ("ExternalId", "x1"))),
    Raw("an external ID, encoded twice", EXTERNAL, ("ValidationError", None),
        body="Action=AssumeRole&Version=2011-06-15&RoleArn={external}&RoleSessionName=a-session"
             "&ExternalId=x%2531"),
    Raw("an external ID, percent-encoded once", EXTERNAL,
        body="Action=AssumeRole&Version=2011-06-15&RoleArn={external}&RoleSessionName=a-session"
             "&ExternalId=%78%31"),
    Raw("a plus in an external ID is a space", EXTERNAL, ("ValidationError", None),
        body="Action=AssumeRole&Version=2011-06-15&RoleArn={external}&RoleSessionName=a-session"
             "&ExternalId=x+1"),
    Raw("a session policy that is empty", SESSION,
        ("ValidationError", None), (*ASK, ("Policy", ""))),
    Raw("a managed session policy as the second of none", SESSION, GAP,
        (*ASK, ("PolicyArns.member.2.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"))),
    Raw("a managed session policy counted from nought", SESSION, GAP,
        (*ASK, ("PolicyArns.member.0.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"))),
    Raw("a managed session policy without `member`", SESSION, GAP,
        (*ASK, ("PolicyArns.1.arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"))),
    Raw("a managed session policy without its `arn`", SESSION, GAP,
        (*ASK, ("PolicyArns.member.1", "arn:aws:iam::aws:policy/ReadOnlyAccess"))),
    Raw("a managed session policy with `Arn` in capitals", SESSION, GAP,
        (*ASK, ("PolicyArns.member.1.Arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"))),
    Raw("a tag behind a gap", TAGS, GAP,
        (*ASK, ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1"),
         ("Tags.member.3.Key", "b"), ("Tags.member.3.Value", "1"))),
    Raw("a tag with a number in words", TAGS, GAP,
        (*ASK, ("Tags.member.one.Key", "a"), ("Tags.member.one.Value", "1"))),
    Raw("a tag with a nought before its number", TAGS, GAP,
        (*ASK, ("Tags.member.01.Key", "a"), ("Tags.member.01.Value", "1"))),
    Raw("a transitive key behind a gap", TAGS, GAP,
        (*ASK, ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1"),
         ("TransitiveTagKeys.member.2", "a"))),
    Raw("an empty list of tags", TAGS, form=(*ASK, ("Tags", ""))),
    Raw("a tag that is one text", TAGS, GAP, (*ASK, ("Tags.member.1", "a"))),
    Raw("a role ARN twice, another one second", ASSUME, form=(*ASK, ("RoleArn", "nothing"))),
    Raw("an empty source identity", SOURCE, ("ValidationError", None),
        (*ASK, ("SourceIdentity", ""))),
    Raw("an empty external ID", EXTERNAL, ("ValidationError", None), (*ASK, ("ExternalId", ""))),
    Raw("an empty number of seconds", ASSUME, ("MalformedInput", None),
        (*ASK, ("DurationSeconds", ""))),
    Raw("an action that needs no signature, with parameters of one that does", STS_ERRORS,
        ("ValidationError", None),
        (("Action", "AssumeRoleWithWebIdentity"), *ASK[1:]), caller=None),
    Raw("two operations", STS_ERRORS, ("AccessDenied", None),
        (("Action", "GetSessionToken"), *ASK), caller="alice-token"),
]  # fmt: skip
