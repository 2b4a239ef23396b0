"""The app: one stack for each file in environments/."""

from pathlib import Path

from cdktf import App
from rolecall.environment import load_environments

from payments.stack import Payments

ENVIRONMENTS = Path(__file__).parent.parent / "environments"


def declare(app: App) -> dict[str, Payments]:
    """Every environment, by name; declared and not yet written."""
    return {each.name: Payments(app, each) for each in load_environments(ENVIRONMENTS)}


def main() -> None:
    """Write what `cdktf deploy` deploys."""
    app = App()
    declare(app)
    app.synth()
