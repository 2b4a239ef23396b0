"""Attack corpora, whole: public vectors and products of attacks, counted by corpus.

    make corpora STEP=10

Every vector is refused, accepted because it must be, or set aside with the reason; the
rest are findings, are printed, and the exit code is 1. With STEP only the first of so many.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.local.conftest import running_cloud
from tests.local.oidc.world import running_world as running_issuer
from tests.local.saml.world import running_world as running_provider
from tests.security.corpora import (
    jose_cves,
    jose_keys,
    jws_vectors,
    policy_json,
    saml_cves,
    saml_signatures,
    saml_texts,
    saml_wrapping,
    xml_bombs,
)
from tests.security.corpora.counting import Counts, every
from tests.security.corpora.policy_http import poster


def tokens(step: int) -> Iterator[Counts]:
    """Signatures, tokens and keys of OpenID Connect."""
    yield from jws_vectors.signatures(step)
    yield jws_vectors.pss(step)
    yield from jws_vectors.tokens()
    yield jws_vectors.examples()
    yield jose_keys.headers(step)
    yield jose_keys.members(step)
    yield jose_keys.broken()
    with running_issuer() as world:
        yield jose_cves.over_http(world)


def assertions(step: int) -> Iterator[Counts]:
    """SAML responses."""
    yield saml_wrapping.assertions(step)
    yield saml_wrapping.responses(step)
    yield saml_texts.texts(step)
    yield saml_texts.attributes(step)
    yield saml_texts.spellings()
    yield saml_signatures.signed_by_the_provider(step)
    yield saml_signatures.signed_by_the_forger(step)
    yield saml_cves.known_faults()
    with running_provider() as world:
        yield saml_cves.over_http(world)


def bombs(step: int) -> Iterator[Counts]:
    """XML that grows, leads elsewhere or never ends."""
    with tempfile.TemporaryDirectory() as folder, xml_bombs.listening() as (address, asked):
        outcomes = xml_bombs.run(address, xml_bombs.pipe_in(Path(folder)), only=step)
        counted = list(xml_bombs.counted(outcomes))
        if asked():
            counted[0].findings.append("somebody asked at an address in a document")
    yield from counted
    slowest, largest = (max(outcomes, key=key) for key in (_seconds, _grown))
    print(f"slowest: {slowest.bomb} ({slowest.reader}), {slowest.seconds} s of CPU")
    print(f"largest: {largest.bomb} ({largest.reader}), {largest.grown} MiB")


def _seconds(outcome: xml_bombs.Outcome) -> float:
    return outcome.seconds


def _grown(outcome: xml_bombs.Outcome) -> float:
    return outcome.grown


def policies(step: int) -> Iterator[Counts]:
    """Policies that are almost JSON, or almost policies."""
    yield policy_json.parsed(policy_json.of_the_suite(step), "JSONTestSuite")
    yield policy_json.parsed(policy_json.of_our_own(), "our own")
    with tempfile.TemporaryDirectory() as folder:
        home = Path.cwd()
        os.chdir(folder)
        try:
            yield policy_json.commands(every(policy_json.of_our_own(), step), Path(folder))
        finally:
            os.chdir(home)
    with running_cloud() as cloud:
        post = poster(cloud)
        yield policy_json.over_http(every(policy_json.of_our_own(), step), post)
        yield policy_json.over_http(policy_json.of_the_suite(10 * step), post)
        yield policy_json.elsewhere(every(policy_json.of_our_own(), step), post)


CORPORA = {"tokens": tokens, "assertions": assertions, "bombs": bombs, "policies": policies}


def main() -> int:
    """Print a line a corpus, then what was found."""
    parser = argparse.ArgumentParser(description="Run the attack corpora.")
    parser.add_argument("--only", choices=CORPORA, help="one of the four parts")
    parser.add_argument("--step", type=int, default=1, help="every how many-th vector (all)")
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    began, done = time.monotonic(), []
    print(f"{'corpus':58} {'vectors':>8} {'refused':>8} {'accepted':>8} {'set aside':>9} findings")
    for name, corpus in CORPORA.items():
        if args.only in (None, name):
            for counts in corpus(max(1, args.step)):
                print(_line(counts), flush=True)
                for why, number in counts.set_aside.items():
                    print(f"    {number} {why}")
                for finding in counts.findings:
                    print(f"    FOUND {finding}")
                done.append(counts)
    total = Counts("all")
    for counts in done:
        total.refused += counts.refused
        total.accepted += counts.accepted
        total.set_aside.update(counts.set_aside)
        total.findings += counts.findings
    print(f"{_line(total)}\nin {time.monotonic() - began:.0f} seconds")
    return 1 if total.findings else 0


def _line(counts: Counts) -> str:
    return (
        f"{counts.name:58} {counts.vectors:8,} {counts.refused:8,} {counts.accepted:8,} "
        f"{counts.set_aside.total():9,} {len(counts.findings)}"
    )


if __name__ == "__main__":
    sys.exit(main())
