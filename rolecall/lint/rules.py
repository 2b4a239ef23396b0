"""The rules. An id is forever: it stands in suppressions and in other people's dashboards."""

from rolecall.lint.model import Rule

RC001 = Rule("RC001", "anybody with an AWS account may assume the role", "critical")
RC002 = Rule("RC002", "tokens of an OIDC issuer are not told apart by their subject", "critical")
RC003 = Rule("RC003", "tokens of an OIDC issuer are not told apart by their audience", "low")
RC004 = Rule("RC004", "a wildcard ends or starts inside a name", "high")
RC005 = Rule("RC005", "ForAllValues on a key with one value", "high")
RC006 = Rule("RC006", "ForAllValues lets in whoever lacks the key", "high")
RC007 = Rule("RC007", "only negated conditions limit who may assume the role", "high")
RC008 = Rule("RC008", "only conditions with IfExists limit who may assume the role", "high")
RC009 = Rule("RC009", "the action is not the one that this principal calls", "medium")
RC010 = Rule("RC010", "SAML:aud is missing, or is no sign-in endpoint of the partition", "medium")
RC011 = Rule("RC011", "the OIDC audience is that of another partition", "medium")
RC012 = Rule("RC012", "a third party needs no external ID", "high")
RC013 = Rule("RC013", "an AWS service may act for anybody", "medium")
RC014 = Rule("RC014", "an exact and a wildcard comparison of one key are ANDed", "medium")
RC015 = Rule("RC015", "NotPrincipal in a trust policy", "high")
RC016 = Rule("RC016", "an audience that the workload chooses is the only boundary", "critical")
RC017 = Rule("RC017", "the role trusts another environment", "high")
RC018 = Rule("RC018", "the trust policy is near or above its size limit", "high")
RC019 = Rule("RC019", "a statement makes no difference", "medium")
RC020 = Rule("RC020", "a condition key of another issuer than the principal", "medium")
RC021 = Rule("RC021", "a policy variable that cannot be filled in", "medium")
RC022 = Rule("RC022", "a condition key that this call does not have", "medium")
RC023 = Rule("RC023", "EKS Pod Identity without sts:TagSession or without limits", "medium")
RC024 = Rule("RC024", "Cognito identities are not told apart by pool and sign-in", "high")
RC025 = Rule("RC025", "a principal that was deleted", "medium")
RC026 = Rule("RC026", "AWS refuses the document", "medium")
RC027 = Rule("RC027", "a wildcard under an operator that knows none", "medium")

RULES: tuple[Rule, ...] = (
    RC001,
    RC002,
    RC003,
    RC004,
    RC005,
    RC006,
    RC007,
    RC008,
    RC009,
    RC010,
    RC011,
    RC012,
    RC013,
    RC014,
    RC015,
    RC016,
    RC017,
    RC018,
    RC019,
    RC020,
    RC021,
    RC022,
    RC023,
    RC024,
    RC025,
    RC026,
    RC027,
)
BY_ID = {rule.id: rule for rule in RULES}
