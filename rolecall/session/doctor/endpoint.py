"""Whether STS answers, where it is thought to be; proxies; the embedded AWS."""

from collections.abc import Iterator

from botocore.utils import should_bypass_proxies

from rolecall.embedded_token import is_embedded
from rolecall.policy.errors import printable, quoted
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine, host_and_port, is_loopback

CHECK = "endpoint"
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def check(machine: Machine) -> Iterator[Finding]:
    """Ask STS something that needs no credentials."""
    yield from _embedded_elsewhere(machine)
    dead = [
        (name, url)
        for name, url in machine.endpoints.items()
        if is_loopback(url) and not machine.listens(*host_and_port(url))
    ]
    for name, url in dead:
        yield Finding(
            CHECK,
            Level.PROBLEM,
            f"{name} leads to {quoted(url, 200)}, an embedded AWS that does not run",
            f"rolecall local up, or to go to AWS itself: unset {name}",
        )
    for name, url in machine.endpoints.items():
        if is_loopback(url) and not _goes_around_proxies(machine, url):
            yield Finding(
                CHECK,
                Level.PROBLEM,
                f"{name} is on this machine, but the proxy of HTTP_PROXY would be asked for it",
                "export NO_PROXY=127.0.0.1,localhost",
            )
    if any(name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS") for name, _ in dead):
        return
    answer = machine.sts
    if answer.error is None:
        yield Finding(CHECK, Level.OK, f"{answer.url} answers")
        return
    proxies = [name for name in _PROXIES if machine.environ.get(name)]
    behind = f" (through the proxy of {proxies[0]})" if proxies else ""
    yield Finding(
        CHECK,
        Level.PROBLEM,
        f"{answer.url or 'STS'} gives no answer{behind}: {printable(answer.error)}",
        f"check the proxy in {proxies[0]}, or take AWS out of it with NO_PROXY"
        if proxies
        else "check the network; behind a proxy export HTTPS_PROXY; with AWS_USE_FIPS_ENDPOINT or "
        "AWS_USE_DUALSTACK_ENDPOINT not every region has one.",
    )


def _embedded_elsewhere(machine: Machine) -> Iterator[Finding]:
    token = machine.environ.get("AWS_SESSION_TOKEN", "")
    if is_embedded(token) and not machine.endpoints:
        yield Finding(
            CHECK,
            Level.PROBLEM,
            "the variables hold a session of the embedded AWS, but AWS_ENDPOINT_URL is not set, so "
            "it would be shown to AWS",
            'eval "$(rolecall local env <environment>)", or unset AWS_ACCESS_KEY_ID '
            "AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        )


def _goes_around_proxies(machine: Machine, url: str) -> bool:
    """Whether the SDK asks no proxy for a URL; it reads NO_PROXY from its own process."""
    scheme = url.partition(":")[0].lower()
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")
    if not any(machine.environ.get(name) for name in names):
        return True
    return bool(should_bypass_proxies(url))
