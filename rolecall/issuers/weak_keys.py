"""RSA keys that anybody can break, whatever their length.

Who publishes one has a broken generator, and whoever factors it signs in his place. AWS
does not document that it looks; in doubt such a key verifies nothing.
"""

from math import isqrt

#: NIST SP 800-89, section 5.3.3: "no factors smaller than 752".
_SMALL_PRIMES = [n for n in range(3, 752, 2) if all(n % d for d in range(3, isqrt(n) + 1, 2))]
#: FIPS 186-5, 5.1: an exponent is less than 2 to the 256th. (Not that it is more than 2
#: to the 16th: some issuers still sign for the exponent 3, and PKCS #1 is read strictly.)
_LONGEST_EXPONENT = 256
#: The primes by which a key of CVE-2017-15361 is known: M. Nemec et al., "The Return of
#: Coppersmith's Attack: Practical Factorization of Widely Used RSA Moduli", section 2.
_ROCA_PRIMES = [prime for prime in _SMALL_PRIMES if prime <= 167]
_ROCA_POWERS = [{pow(65537, power, prime) for power in range(prime)} for prime in _ROCA_PRIMES]


def weakness(modulus: int, exponent: int) -> str:
    """Why an RSA key is weak, or ''. Its length is not looked at."""
    if exponent % 2 == 0 or exponent < 3 or exponent.bit_length() > _LONGEST_EXPONENT:
        return "its exponent is even, too small or too large"
    if modulus % 2 == 0 or any(modulus % prime == 0 for prime in _SMALL_PRIMES):
        return "its modulus has a small factor"
    if isqrt(modulus) ** 2 == modulus:
        return "its modulus is a square"
    if all(
        modulus % prime in powers for prime, powers in zip(_ROCA_PRIMES, _ROCA_POWERS, strict=True)
    ):
        return "it was made by a faulty generator (CVE-2017-15361)"
    return ""
