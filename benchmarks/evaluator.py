"""How many authorization requests one core decides in a second, and how many a peer does.

The case: a user of another account assumes a role under three conditions (external
id, MFA, source address), with an identity policy of his own. Half of the requests
are allowed. Policies and requests are prepared beforehand on both sides, and no
decision is remembered. The peer is the core call of the npm package
@cloud-copilot/iam-simulate, which gets policies it has loaded already.

Run it with `python benchmarks/evaluator.py`; it needs node and npm. It fails if the
two do not agree, or if a promise is not kept.
"""

import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, record
from rolecall.policy import (
    AssumeRoleAttempt,
    Authorizer,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    Request,
    may_assume,
)

PROMISED_RATE = 80_000
PROMISED_RATIO = 8
SECONDS, ROUNDS = 1.0, 5

PEER = Path(__file__).resolve().parent / "evaluator_peer"
ALICE = IamUser("111122223333", "alice")
ROLE_ACCOUNT, ROLE = "444455556666", "arn:aws:iam::444455556666:role/tes-deployer"
ACTION = "sts:AssumeRole"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": ALICE.arn},
        "Action": ACTION,
        "Condition": {
            "StringEquals": {"sts:ExternalId": "tes-4f1c"},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]},
        },
    },
}
IDENTITY = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": ACTION, "Resource": ROLE},
}
CONTEXTS: list[dict[str, str]] = [
    {"sts:ExternalId": "tes-4f1c", "aws:MultiFactorAuthPresent": mfa, "aws:SourceIp": address}
    for mfa, address in (
        ("true", "203.0.113.9"),
        ("true", "192.0.2.9"),
        ("true", "198.51.100.77"),
        ("false", "203.0.113.9"),
    )
]


def rate(task: Callable[[int], object]) -> float:
    """Calls a second, the median of several rounds."""
    rates = []
    for _ in range(ROUNDS):
        count, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < SECONDS:
            for number in range(200):
                task(number)
            count += 200
        rates.append(count / elapsed)
    return statistics.median(rates)


def measure_peer() -> tuple[list[str], float, int]:
    """The peer's verdicts, decisions a second and bytes of memory, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="evaluator-peer-") as name:
        folder = Path(name)
        shutil.copy(PEER / "package.json", folder)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        subprocess.run(npm, cwd=folder, check=True)
        case = {
            "trust": TRUST,
            "identity": IDENTITY,
            "principal": ALICE.arn,
            "role": ROLE,
            "roleAccount": ROLE_ACCOUNT,
            "action": ACTION,
            "contexts": CONTEXTS,
            "seconds": SECONDS,
            "rounds": ROUNDS,
        }
        run = subprocess.run(
            ["node", str(PEER / "measure.mjs"), str(folder)],
            input=json.dumps(case),
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(run.stdout)
    return found["verdicts"], statistics.median(found["rates"]), found["peakBytes"]


def main() -> int:
    """Measure both, print, and say whether the promises are kept."""
    trust = CompiledPolicy(PolicyDocument.parse(TRUST))
    identity = [CompiledPolicy(PolicyDocument.parse(IDENTITY))]
    authorizer = Authorizer(identity=identity, resource=trust, resource_label="trust")
    requests = [Request.build(ACTION, ROLE, ALICE, context) for context in CONTEXTS]
    verdicts = [authorizer.decide(request).allowed for request in requests]

    decided = rate(lambda number: authorizer.decide(requests[number & 3]))
    built = rate(
        lambda number: authorizer.decide(Request.build(ACTION, ROLE, ALICE, CONTEXTS[number & 3]))
    )
    attempts = [AssumeRoleAttempt(ALICE, ROLE, context=context) for context in CONTEXTS]
    whole = rate(lambda number: may_assume(attempts[number & 3], trust=trust, identity=identity))
    explained = rate(lambda number: authorizer.decide(requests[number & 3]).explain())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

    peer_verdicts, peer, peer_memory = measure_peer()
    agreed = verdicts == [verdict == "Allowed" for verdict in peer_verdicts]

    print("decisions a second on one core, AssumeRole from another account, three conditions")
    print(f"  rolecall, requests prepared    {decided:12,.0f}")
    print(f"  rolecall, Request.build as well{built:12,.0f}")
    print(f"  rolecall, may_assume           {whole:12,.0f}")
    print(f"  rolecall, decided and explained{explained:12,.0f}")
    print(f"  iam-simulate, core             {peer:12,.0f}")
    print(f"  ratio                          {decided / peer:12.1f}")
    print("peak memory of the process, MiB")
    print(f"  rolecall                       {memory / 2**20:12.1f}")
    print(f"  iam-simulate                   {peer_memory / 2**20:12.1f}")
    print(f"both decide alike: {'yes' if agreed else f'NO: {verdicts} and {peer_verdicts}'}")
    memories = f"{memory / 2**20:.0f} / {peer_memory / 2**20:.0f} MB"
    record(
        Figure(
            "decisions of the evaluator",
            decided / peer,
            PROMISED_RATIO,
            "times as many",
            more_is_better=True,
            peer="iam-simulate (npm @cloud-copilot/iam-simulate)",
            ours=f"{decided:,.0f}/s",
            theirs=f"{peer:,.0f}/s",
            memory=memories,
        ),
        Figure(
            "decisions of the evaluator, alone",
            decided,
            PROMISED_RATE,
            "a second on one core",
            more_is_better=True,
        ),
    )
    kept = decided >= PROMISED_RATE and decided >= PROMISED_RATIO * peer
    promise = f"at least {PROMISED_RATE:,} and {PROMISED_RATIO} times the peer"
    print(f"promised: {promise}: {'kept' if kept else 'NOT KEPT'}")
    return 0 if agreed and kept else 1


if __name__ == "__main__":
    sys.exit(main())
