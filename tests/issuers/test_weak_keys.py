"""RSA keys that anybody can break verify nothing, of tokens and of assertions."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from rolecall.issuers.weak_keys import weakness

#: Short, so that they are made in no time.
NUMBERS = [
    generate_private_key(public_exponent=65537, key_size=1024).public_key().public_numbers()
    for _ in range(20)
]
N = NUMBERS[0].n


def test_ordinary_keys_are_not_weak() -> None:
    assert {weakness(numbers.n, numbers.e) for numbers in NUMBERS} == {""}


@pytest.mark.parametrize("exponent", [3, 17, 65537, 2**64 + 13, 2**256 - 1])
def test_exponents_in_use(exponent: int) -> None:
    assert weakness(N, exponent) == ""


# Named: a modulus is another number in each process, and pytest-xdist compares the names.
@pytest.mark.parametrize(
    "exponent",
    [-1, 0, 1, 2, 65536, 2**256 + 1, N],
    ids=["-1", "0", "1", "2", "even", "too long", "the modulus"],
)
def test_exponents_of_nobody(exponent: int) -> None:
    assert "exponent" in weakness(N, exponent)


@pytest.mark.parametrize("factor", [2, 3, 5, 7, 167, 173, 743, 751])
def test_small_factors(factor: int) -> None:
    assert "factor" in weakness(N * factor, 65537)


def test_a_factor_that_is_not_small_is_for_others_to_find() -> None:
    assert weakness(N * 757, 65537) == ""


def test_squares() -> None:
    assert "square" in weakness(N**2, 65537)


def test_a_faulty_generator() -> None:
    """Primes of the form k * M + 65537 ** a mod M, where M is the product of small primes."""
    product = 1
    for prime in (n for n in range(2, 168) if all(n % d for d in range(2, n))):
        product *= prime
    # Not primes, but of that form, which is all that shows from outside.
    p, q = product * 77 + pow(65537, 5, product), product * 78 + pow(65537, 9, product)
    assert "CVE-2017-15361" in weakness(p * q, 65537)
    assert "CVE-2017-15361" not in weakness(p * q + 2, 65537)
