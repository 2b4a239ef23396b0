"""The browser of the tests: Debian's Chromium, or whichever is installed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """Its path. Without a browser a test fails: one that is skipped proves nothing."""
    for name in (os.environ.get("ROLECALL_CHROMIUM", ""), *_NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    raise AssertionError(
        "No Chromium is installed. Install it (sudo apt-get install --no-install-recommends "
        "chromium), or name one with ROLECALL_CHROMIUM."
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium without a window. As root it has no sandbox, and starts only if told so."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), chromium_sandbox=os.geteuid() != 0
        )
        try:
            yield browser
        finally:
            browser.close()
