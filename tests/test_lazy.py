"""Names of a package that are loaded late are what their module has, in whatever order."""

import subprocess
import sys

from rolecall import trust


def test_every_name_of_rolecall_trust_is_the_same_in_any_order() -> None:
    code = """
from rolecall import trust
names = sorted(trust.__all__, reverse=reverse)
print([(name, type(getattr(trust, name)).__name__) for name in sorted(names)
       if getattr(trust, name).__class__.__name__ == "module"])
"""
    for reverse in (False, True):
        script = f"reverse = {reverse}\n{code}"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert done.stdout.strip() == "[]", done.stdout + done.stderr
    assert callable(trust.trust_policy)
