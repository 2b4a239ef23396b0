"""Whether a new trust policy lets in anybody whom the old one does not, and who."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from rolecall.policy.compare.atoms import Atoms
from rolecall.policy.compare.budget import Budget
from rolecall.policy.compare.classes import caller_classes
from rolecall.policy.compare.comparison import Comparison
from rolecall.policy.compare.domains import PRINCIPAL_TAG, TokenKeys
from rolecall.policy.compare.holes import open_denials
from rolecall.policy.compare.names import Account, names_of, partition_of
from rolecall.policy.compare.settings import Keys
from rolecall.policy.compare.statements import policy_of
from rolecall.policy.compare.work import Work
from rolecall.policy.compiled_policy import CompiledPolicy
from rolecall.policy.document import CURRENT_VERSION, PolicyDocument
from rolecall.policy.errors import PolicyError, quoted

Documents: TypeAlias = PolicyDocument | Sequence[PolicyDocument]
#: Steps of one comparison: about a second of work.
BUDGET = 300_000


def compare(
    old: Documents,
    new: Documents,
    *,
    role_arn: str | None = None,
    account: str | None = None,
    tokens: TokenKeys | None = None,
    budget: int = BUDGET,
) -> Comparison:
    """Compare the trust policy of a role before and after a change.

    `role_arn` or `account`: the role's; without either, every account may be the role's
    own. `tokens`: what is known of issuers' tokens. Several documents on one side are
    in force together; none at all means a role that is not there.

    Raises PolicyError for a document that says nonsense.
    """
    before, after = CompiledPolicy(_merged(old)), CompiledPolicy(_merged(new))
    partition, own = _home(role_arn, account, (before.document, after.document))
    if before.document == after.document:
        return Comparison((), (), (), ASSUMPTIONS)
    atoms = Atoms()
    sides = policy_of(before, atoms), policy_of(after, atoms)
    names = names_of((before.document, after.document), partition)
    work = Work(
        sides[0],
        sides[1],
        Keys(atoms, tokens or TokenKeys()),
        role_arn,
        account,
        _spellings(before.document, after.document),
        Budget(budget),
    )
    asked = (key for atom in atoms.all for key in (atom.key, *atom.opaque))
    tagged = any(key.startswith(PRINCIPAL_TAG) for key in asked)
    for caller in caller_classes(names, own, partition=partition, tagged=tagged):
        # A role of another partition is out of reach.
        if role_arn is None or not caller.sample.account or caller.partition == partition:
            work.look_at(caller)
    for name in open_denials(before.document, after.document):
        for gain in (True, False):
            work.leave_open(
                f"whoever {name} denies", gain, f"it is not known yet whom {name} means"
            )
    if role_arn is None and any(_names_resources(side.document) for side in (before, after)):
        for gain in (True, False):
            work.leave_open(
                "every caller", gain, "a statement names resources, the role is unknown"
            )
    return Comparison(
        tuple(work.gains), tuple(work.losses), tuple(work.undecided.values()), ASSUMPTIONS
    )


ASSUMPTIONS = (
    "Policies of the organization (SCP, RCP) and of VPC endpoints are not looked at.",
    "A caller of another account also needs the permission of that account.",
    "Keys of a request do not depend on each other, except those of the caller and the tags.",
)


def _home(
    role_arn: str | None, account: str | None, documents: Sequence[PolicyDocument]
) -> tuple[str, Account | None]:
    """The role's partition and account; without its ARN the partition of whom it trusts."""
    if role_arn is not None:
        parts = role_arn.split(":", 5)
        if len(parts) != 6:
            raise PolicyError("role", f"{quoted(role_arn)} is not an ARN", "write arn:aws:iam::…")
        return parts[1], Account(parts[4], parts[1])
    partition = partition_of(documents)
    return partition, None if account is None else Account(account, partition)


def _merged(documents: Documents) -> PolicyDocument:
    if isinstance(documents, PolicyDocument):
        return documents
    versions = {document.version for document in documents}
    if len(versions) > 1:
        raise PolicyError(
            "Version", "documents of two versions of the language are mixed", "write one version"
        )
    return PolicyDocument(
        tuple(statement for document in documents for statement in document.statements),
        versions.pop() if versions else CURRENT_VERSION,
    )


def _spellings(*documents: PolicyDocument) -> Mapping[str, str]:
    """Condition keys as the policies write them."""
    return {
        condition.key.lower(): condition.key
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
    }


def _names_resources(document: PolicyDocument) -> bool:
    return any(
        pattern != "*"
        for statement in document.statements
        for pattern in (*statement.resources, *statement.not_resources)
    )
