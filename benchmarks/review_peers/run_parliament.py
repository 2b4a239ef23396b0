"""Runs inside the peers' environment: policies on stdin, findings and times on stdout."""

import json
import sys
import time

import parliament

found = []
for policy in json.load(sys.stdin):
    text = json.dumps(policy)
    start = time.perf_counter()
    try:
        findings = parliament.analyze_policy_string(text).findings
        told = [f"{each.issue} {each.detail}" for each in findings]
    except Exception as error:
        told = [f"gave up: {type(error).__name__}"]
    found.append({"findings": told, "milliseconds": (time.perf_counter() - start) * 1000})
json.dump({"version": parliament.__version__, "found": found}, sys.stdout)
