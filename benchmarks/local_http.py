"""AssumeRole over HTTP: the embedded AWS, which enforces, against bare `moto_server`.

Both run on loopback in processes of their own and get the same load in turns: calls
signed by botocore over kept-alive connections. The client is made thin on purpose (it
signs and sends, it builds no boto3 reply), so that the servers are measured, not it.

    python benchmarks/local_http.py [--seconds 6] [--threads 4] [--rounds 2]

Prints calls per second of both, their ratio (the promise is at least 0.85), the time
from the command to the first answer, and resident memory. Exit code 1 below 0.85.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, record

ACCOUNT = "111122223333"
REGION = "us-east-1"
PROMISE = 0.85


@dataclass
class Target:
    """One server under load, and what was measured."""

    name: str
    port: int
    pid: int
    ready_seconds: float
    key: tuple[str, str]
    role_arn: str = ""
    calls: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Calls per second."""
        return self.calls / self.seconds

    @property
    def resident_mb(self) -> float:
        """Resident memory now (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(text for text in status.splitlines() if text.startswith("VmRSS"))
        return int(line.split()[1]) / 1024


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_moto() -> tuple[Target, "subprocess.Popen[bytes]"]:
    """Start the peer and wait for its first answer."""
    port, begin = free_port(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/moto-api/")
            connection.getresponse().read()
            break
        except OSError:
            if process.poll() is not None:
                raise SystemExit("moto_server did not start") from None
            time.sleep(0.01)
    ready = time.perf_counter() - begin
    return Target("moto_server", port, process.pid, ready, ("AKIAEXAMPLE", "secret")), process


def rolecall(*words: str, home: str) -> str:
    """Run `rolecall local …` and return what it printed."""
    command = [sys.executable, "-m", "rolecall.cli.main", "local", *words]
    done = subprocess.run(
        command, env={**os.environ, "ROLECALL_HOME": home}, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def start_embedded(home: str) -> Target:
    """Start the embedded AWS as a user does, with its state kept."""
    port, begin = free_port(), time.perf_counter()
    rolecall("up", "--port", str(port), home=home)
    ready = time.perf_counter() - begin
    status = json.loads(rolecall("status", "--json", home=home))
    shown = json.loads(rolecall("env", "--account", ACCOUNT, "--json", home=home))["export"]
    key = (shown["AWS_ACCESS_KEY_ID"], shown["AWS_SECRET_ACCESS_KEY"])
    return Target("embedded AWS", port, status["pid"], ready, key)


def deploy(target: Target) -> None:
    """The same role on both; the embedded AWS also gets the user who may assume it."""
    iam = boto3.client(
        "iam",
        endpoint_url=f"http://127.0.0.1:{target.port}",
        region_name=REGION,
        aws_access_key_id=target.key[0],
        aws_secret_access_key=target.key[1],
    )
    user = iam.create_user(UserName="bench")["User"]
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": user["Arn"]},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "bench-external-id"}},
        },
    }
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=json.dumps(trust))
    target.role_arn = role["Role"]["Arn"]
    key = iam.create_access_key(UserName="bench")["AccessKey"]
    target.key = (key["AccessKeyId"], key["SecretAccessKey"])


def worker(target: Target, until: float, counts: list[int], index: int) -> None:
    """Assume the role again and again on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    signer = SigV4Auth(Credentials(*target.key), "sts", REGION)
    body = urlencode(
        {
            "Action": "AssumeRole",
            "Version": "2011-06-15",
            "RoleArn": target.role_arn,
            "RoleSessionName": f"bench-{index}",
            "ExternalId": "bench-external-id",
        }
    )
    while time.perf_counter() < until:
        request = AWSRequest(
            "POST",
            f"http://127.0.0.1:{target.port}/",
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            data=body,
        )
        signer.add_auth(request)
        connection.request("POST", "/", body=body, headers=dict(request.headers.items()))
        reply = connection.getresponse()
        text = reply.read()
        if reply.status != 200 or b"<SessionToken>" not in text:
            raise RuntimeError(f"{target.name}: HTTP {reply.status} {text[:300]!r}")
        counts[index] += 1


def load(target: Target, seconds: float, threads: int) -> None:
    """Load one server from several threads and count."""
    counts = [0] * threads
    begin = time.perf_counter()
    running = [
        threading.Thread(target=worker, args=(target, begin + seconds, counts, index))
        for index in range(threads)
    ]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    target.calls += sum(counts)
    target.seconds += time.perf_counter() - begin


def main() -> int:
    """Measure both sides and print the ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=6.0, help="a turn of each side")
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        moto, process = start_moto()
        try:
            embedded = start_embedded(home)
            try:
                for target in (moto, embedded):
                    deploy(target)
                    load(target, 0.5, args.threads)
                    target.calls, target.seconds = 0, 0.0
                for _ in range(args.rounds):
                    for target in (moto, embedded):
                        load(target, args.seconds, args.threads)
                embedded_mb, moto_mb = embedded.resident_mb, moto.resident_mb
                for target in (moto, embedded):
                    print(
                        f"{target.name:14} {target.rate:8.1f} AssumeRole/s   ready after "
                        f"{target.ready_seconds:.2f} s   {target.resident_mb:.0f} MB resident"
                    )
            finally:
                rolecall("down", home=home)
        finally:
            process.terminate()
            process.wait()
    ratio = embedded.rate / moto.rate
    print(f"ratio          {ratio:8.2f} (promised: at least {PROMISE})")
    record(
        Figure(
            "AssumeRole over HTTP, enforced",
            ratio,
            PROMISE,
            "times as many",
            more_is_better=True,
            peer="moto_server, which enforces nothing",
            ours=f"{embedded.rate:,.0f}/s",
            theirs=f"{moto.rate:,.0f}/s",
            memory=f"{embedded_mb:.0f} / {moto_mb:.0f} MB",
        )
    )
    return 0 if ratio >= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
