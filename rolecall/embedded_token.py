"""How a session of the embedded AWS is told from one of AWS: by the first letters of its token."""

#: Base64 as it stands, so that it is the token's own beginning; AWS's tokens begin otherwise.
EMBEDDED_TOKEN_PREFIX = "RolecallLocalAWS"  # noqa: S105 - no secret, every such token begins so


def is_embedded(session_token: str) -> bool:
    """Whether a session token was made by an embedded AWS, on whichever machine."""
    return session_token.startswith(EMBEDDED_TOKEN_PREFIX)
