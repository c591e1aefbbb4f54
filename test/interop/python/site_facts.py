"""What the test that started this script told of the running server, and how to run a scenario of it."""

import json
import ssl
import sys
import traceback


class Facts:
    def __init__(self, text):
        facts = json.loads(text)
        self.host = facts["host"]
        self.ports = facts["ports"]
        self.user = facts["user"]
        self.address = facts["address"]
        self.password = facts["password"]
        # Trusts the appliance's certificate and nothing else; host names are checked.
        self.tls = ssl.create_default_context(cafile=facts["certificate"])


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def contains(whole, part):
    if part not in whole:
        raise AssertionError(f"{part!r} is not in {whole!r}")


def run(scenarios):
    """`script.py <scenario> <facts>`: exit 0 when all held."""
    name, facts = sys.argv[1:]
    try:
        scenarios[name](Facts(facts))
    except Exception:
        traceback.print_exc()
        sys.exit(1)
