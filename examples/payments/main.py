"""`cdktf synth` and `cdktf deploy` run this."""

import sys

from rolecall.problems import Problem

from payments.app import main

try:
    main()
except Problem as problem:
    sys.exit(str(problem))
