"""The part of CreateRole's validation of a trust policy that needs no lookup."""

from rolecall.policy.document import PolicyDocument


def check_trust_document(document: PolicyDocument) -> None:
    """Raise TrustDocumentError for what CreateRole would refuse."""
    raise NotImplementedError
