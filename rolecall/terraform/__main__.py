"""`python -m rolecall.terraform`: decide how Terraform gets its provider (run by `make setup`)."""

import sys

from rolecall.home import rolecall_home
from rolecall.problems import Problem
from rolecall.terraform.environment import prepare


def main() -> int:
    """Say what was decided, on stderr."""
    try:
        decided = prepare(rolecall_home())
    except Problem as problem:
        print(f"rolecall: {problem}", file=sys.stderr)
        return int(problem.exit_code)
    source = "a mirror on this machine" if "CDKTF_SKIP_PROVIDER_LOCK" in decided else "the registry"
    print(f"Terraform takes the AWS provider from {source}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
