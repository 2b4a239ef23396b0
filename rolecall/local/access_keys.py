"""The account number that is written into every AWS access key id."""

import base64
import binascii

_OFFSET = 549755813888  # what "QAAAAAAA" decodes to: the first id of today's scheme


def account_of_access_key(access_key_id: str) -> str | None:
    """The account that an access key id of today's scheme belongs to, or None.

    Characters 5 to 12 are half of the account number in Base32; the character after
    them says whether it is odd. Moto makes its ids the same way
    (`generate_access_key_id_from_account_id`).
    """
    if len(access_key_id) < 13:
        return None
    try:
        number = int.from_bytes(base64.b32decode(access_key_id[4:12].encode("ascii")), "big")
    except (binascii.Error, UnicodeEncodeError):
        return None
    half = number - _OFFSET
    if half < 0:
        return None
    odd = access_key_id[12] in "QRSTUVWXYZ234567"
    account = half * 2 + odd
    return f"{account:012d}" if account < 10**12 else None
