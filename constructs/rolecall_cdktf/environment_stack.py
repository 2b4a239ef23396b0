"""The stack of one environment: provider, account guard, tags and state."""

from weakref import WeakKeyDictionary

from rolecall.environment import Environment, S3State
from rolecall.problems import Problem
from rolecall.trust import TrustContext
from rolecall.trust.arguments import shown
from rolecall_cdktf._cdktf import (
    App,
    AwsProvider,
    AwsProviderDefaultTags,
    Construct,
    LocalBackend,
    S3Backend,
    TerraformOutput,
    TerraformStack,
    at_synthesis,
    refuse_mixture,
)
from rolecall_cdktf.embedded import local_state_path
from rolecall_cdktf.exclusive import Exclusive
from rolecall_cdktf.references import ChildIds

_WORDS = {
    "oidc_provider": "OIDC provider",
    "saml_provider": "SAML provider",
    "identity_pool": "identity pool",
    "trust_anchor": "trust anchor",
    "profile": "Roles Anywhere profile",
}
# App → (partition, account, kind, name) → the stack that makes it.
_TAKEN: WeakKeyDictionary[object, dict[tuple[str, str, str, str], str]] = WeakKeyDictionary()


class EnvironmentStack(TerraformStack):
    """Everything of one environment, in one Terraform state; its id is the environment's name.

    The provider refuses to work with credentials of any other account than the
    environment's (`allowed_account_ids`), before anything is changed; so does an S3
    backend. The default tags are the environment's `tags`.
    """

    def __init__(self, scope: App | Construct, environment: Environment) -> None:
        if not isinstance(environment, Environment):
            raise Problem(
                f"{shown(environment)} is not an Environment; write load_environment(name, "
                "directory)."
            )
        if not isinstance(scope, Construct):
            raise Problem(
                f"{shown(scope)} cannot hold a stack; write EnvironmentStack(app, environment)."
            )
        app: object = scope if isinstance(scope, App) else scope.node.root
        refuse_mixture(app)
        super().__init__(scope, environment.name)
        self._environment = environment
        self._app = app
        self._trust_context = TrustContext(
            account_id=environment.account_id,
            partition=environment.partition,
            region=environment.region,
            own_accounts=environment.own_accounts,
        )
        self._taken: dict[str, dict[str, str]] = {}
        self._arns: dict[str, dict[str, str]] = {}
        self._child_ids = ChildIds(self)
        self._exclusive = {kind: Exclusive(self, kind) for kind in ("role", "user")}
        AwsProvider(
            self,
            "aws",
            region=environment.region,
            allowed_account_ids=[environment.account_id],
            default_tags=[AwsProviderDefaultTags(tags=dict(environment.tags))]
            if environment.tags
            else None,
        )
        self._keep_state()

    @property
    def environment(self) -> Environment:
        """The facts of the environment."""
        return self._environment

    @property
    def trust_context(self) -> TrustContext:
        """What trusted entities need to know of the account of this stack."""
        return self._trust_context

    @classmethod
    def around(cls, scope: object, what: str) -> "EnvironmentStack":
        """The environment's stack that a scope lies in, or a `Problem`."""
        # The usual scope is the stack itself, and asking jsii costs half a millisecond.
        if isinstance(scope, EnvironmentStack):
            return scope
        around = reversed(scope.node.scopes) if isinstance(scope, Construct) else ()
        stack = next((each for each in around if isinstance(each, TerraformStack)), None)
        if not isinstance(stack, EnvironmentStack):
            raise Problem(
                f"{what} needs the facts of an environment; build it in an EnvironmentStack."
            )
        return stack

    def claim(
        self,
        kind: str,
        name: str,
        arn: str,
        *,
        output: str | None = None,
        remedy: str = "give one another id",
        of_account: bool = False,
    ) -> None:
        """Take a name for a role, a user or the like, once, and put its ARN into the outputs.

        IAM compares the names of roles and of users without case ("IAM and AWS STS
        quotas", IAM User Guide). The output is `<kind>_arns`, or `output`. `of_account`:
        once in all stacks of the app that deploy to this account. Raises `Problem`.
        """
        word, key = _WORDS.get(kind, kind), name.casefold()
        taken = self._taken.setdefault(kind, {})
        if key in taken:
            raise Problem(
                f'The {word} "{name}" exists twice in the stack {self._environment.name} (IAM '
                f"ignores case; the other is {taken[key]}); {remedy}."
            )
        if of_account:
            self._claim_in_account(kind, name, remedy)
        taken[key] = arn
        arns = self._arns.setdefault(kind, {})
        if not arns:
            value = at_synthesis(lambda: dict(sorted(arns.items())))
            TerraformOutput(self, output or f"{kind}_arns", value=value)
        arns[name] = arn

    def _claim_in_account(self, kind: str, name: str, remedy: str) -> None:
        environment = self._environment
        taken = _TAKEN.setdefault(self._app, {})
        place = (environment.partition, environment.account_id, kind, name.casefold())
        other = taken.setdefault(place, environment.name)
        if other != environment.name:
            raise Problem(
                f'The {_WORDS.get(kind, kind)} "{name}" of the stack {environment.name} is made by '
                f"the stack {other} already, in the same account {environment.account_id}; "
                f"{remedy}."
            )

    def exclusive(self, kind: str) -> Exclusive:
        """The list of roles or users whose policies nobody else may touch."""
        return self._exclusive[kind]

    @property
    def child_ids(self) -> ChildIds:
        """How the policies inside this stack's roles are called in Terraform."""
        return self._child_ids

    def _keep_state(self) -> None:
        environment = self._environment
        state = environment.state
        if isinstance(state, S3State):
            # The bucket is in the cloud that the stack is deployed to, the embedded one
            # included: state kept there cannot be taken for another cloud's.
            backend = S3Backend(
                self,
                bucket=state.bucket,
                key=state.key,
                region=state.region,
                encrypt=True,
                allowed_account_ids=[environment.account_id],
            )
            # cdktf 0.21 does not know Terraform's lock without DynamoDB (1.10 and later).
            backend.add_override("use_lockfile", True)
            return
        LocalBackend(self, path=str(local_state_path(environment)))
