"""Pods of EKS: associations as they are kept, and who gets the role of one."""

from typing import Any

import pytest

from tests.local.enforcement.conftest import HOME, OTHER, allow, policy, refused, trust
from tests.local.gaps.conftest import REGION, World

CLUSTER = f"arn:aws:eks:{REGION}:{HOME}:cluster/main"
PODS = {"Service": "pods.eks.amazonaws.com"}
BOTH = ["sts:AssumeRole", "sts:TagSession"]


@pytest.fixture
def eks(world: World) -> Any:
    """The administrator's client, with a cluster `main`."""
    eks = world.admin("eks")
    cluster(world, "main")
    return eks


def cluster(world: World, name: str, account: str = HOME) -> None:
    role = world.people.role(
        f"cluster-{name}", trust({"Service": "eks.amazonaws.com"}), account=account
    )
    world.admin("eks", account).create_cluster(
        name=name, roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]}
    )


def pod_role(world: World, name: str = "web", condition: Any = None) -> str:
    more = {"Condition": condition} if condition else {}
    return world.people.role(name, trust(PODS, BOTH, **more), allow("s3:ListAllMyBuckets"))


def associate(eks: Any, role: str, **more: Any) -> Any:
    wish = {"clusterName": "main", "namespace": "shop", "serviceAccount": "web", **more}
    return eks.create_pod_identity_association(roleArn=role, **wish)["association"]


def pod_token(world: World, eks: Any, **more: Any) -> str:
    issuer = eks.describe_cluster(name=more.pop("cluster", "main"))["cluster"]["identity"]["oidc"]
    claims = {
        "aud": ["pods.eks.amazonaws.com"],
        "sub": "system:serviceaccount:shop:web",
        "kubernetes.io": {"namespace": "shop", "pod": {"name": "web-1", "uid": "uid-1"}},
        **more,
    }
    return world.token(more.pop("issuer", issuer["issuer"]), **claims)


def become(world: World, token: str, name: str = "main") -> Any:
    return world.admin("eks-auth").assume_role_for_pod_identity(clusterName=name, token=token)


def test_every_cluster_has_an_issuer_of_its_own(world: World, eks: Any) -> None:
    cluster(world, "other")
    one, two = (
        eks.describe_cluster(name=name)["cluster"]["identity"]["oidc"]["issuer"]
        for name in ("main", "other")
    )
    assert one != two
    assert one.startswith(f"https://oidc.eks.{REGION}.amazonaws.com/id/")


def test_an_association_is_made_changed_listed_and_deleted(world: World, eks: Any) -> None:
    web, other = pod_role(world), pod_role(world, "other")
    made = associate(eks, web, tags={"team": "web"})
    assert made["associationArn"] == (
        f"arn:aws:eks:{REGION}:{HOME}:podidentityassociation/main/{made['associationId']}"
    )
    named = {"clusterName": "main", "associationId": made["associationId"]}
    assert eks.describe_pod_identity_association(**named)["association"] == made
    changed = eks.update_pod_identity_association(**named, roleArn=other)["association"]
    assert changed["roleArn"] == other
    eks.tag_resource(resourceArn=made["associationArn"], tags={"stage": "tes"})
    eks.untag_resource(resourceArn=made["associationArn"], tagKeys=["team"])
    shown = eks.list_tags_for_resource(resourceArn=made["associationArn"])
    assert shown["tags"] == {"stage": "tes"}
    listed = eks.list_pod_identity_associations(clusterName="main", namespace="shop")
    assert [each["associationId"] for each in listed["associations"]] == [made["associationId"]]
    assert not eks.list_pod_identity_associations(clusterName="main", namespace="x")["associations"]
    eks.delete_pod_identity_association(**named)
    answer = refused(eks.describe_pod_identity_association, **named)
    assert (answer.code, answer.status) == ("ResourceNotFoundException", 404)


def test_one_role_for_a_service_account(world: World, eks: Any) -> None:
    role = pod_role(world)
    associate(eks, role)
    wish = {"clusterName": "main", "namespace": "shop", "serviceAccount": "web", "roleArn": role}
    assert refused(eks.create_pod_identity_association, **wish).code == "ResourceInUseException"


def test_what_no_association_can_be(world: World, eks: Any) -> None:
    world.people.role("theirs", trust(PODS, BOTH), account=OTHER)
    right = {
        "clusterName": "main",
        "namespace": "shop",
        "serviceAccount": "web",
        "roleArn": pod_role(world),
    }
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"clusterName": "none"}, "ResourceNotFoundException"),
        ({"roleArn": f"arn:aws:iam::{HOME}:role/none"}, "InvalidParameterException"),
        # Nobody can pass a role of another account.
        ({"roleArn": f"arn:aws:iam::{OTHER}:role/theirs"}, "AccessDeniedException"),
        ({"namespace": "Not_A_Name"}, "InvalidParameterException"),
        ({"serviceAccount": "web/x"}, "InvalidParameterException"),
        ({"targetRoleArn": "no-arn"}, "InvalidParameterException"),
        ({"policy": policy(allow("s3:*"))}, "InvalidParameterException"),
    ]
    for each, code in wrong:
        answer = refused(eks.create_pod_identity_association, **{**right, **each})
        assert answer.code == code, each
        # Terraform's provider would wait two minutes for a role that may become visible.
        assert "does not exist" not in answer.message


def test_the_role_is_passed_to_the_pods(world: World, eks: Any) -> None:
    role = pod_role(world)
    wish = {"clusterName": "main", "namespace": "shop", "serviceAccount": "web", "roleArn": role}
    create = allow("eks:CreatePodIdentityAssociation", CLUSTER)

    def passing(host: str) -> dict[str, Any]:
        condition = {"StringEquals": {"iam:PassedToService": host}}
        return allow("iam:PassRole", role, Condition=condition)

    for index, statements in enumerate(([create], [create, passing("eks.amazonaws.com")])):
        caller = world.caller("eks", *statements, name=f"caller-{index}")
        answer = refused(caller.create_pod_identity_association, **wish)
        assert "iam:PassRole" in answer.message
    right = world.caller("eks", create, passing("pods.eks.amazonaws.com"), name="right")
    assert right.create_pod_identity_association(**wish)


def test_associations_have_arns_of_their_own_in_policies(world: World, eks: Any) -> None:
    made = associate(eks, pod_role(world))
    named = {"clusterName": "main", "associationId": made["associationId"]}
    reader = world.caller(
        "eks", allow("eks:DescribePodIdentityAssociation", made["associationArn"]), name="reader"
    )
    assert reader.describe_pod_identity_association(**named)
    owner = world.caller("eks", allow("eks:*", CLUSTER), name="owner")
    answer = refused(owner.describe_pod_identity_association, **named)
    assert answer.code == "AccessDeniedException"
    tagger = world.caller("eks", allow("eks:TagResource", CLUSTER), name="tagger")
    assert refused(tagger.tag_resource, resourceArn=made["associationArn"], tags={"a": "b"})
    assert tagger.tag_resource(resourceArn=CLUSTER, tags={"a": "b"})


def test_a_pod_gets_its_role(world: World, eks: Any) -> None:
    made = associate(eks, pod_role(world))
    got = become(world, pod_token(world, eks))
    assert got["subject"] == {"namespace": "shop", "serviceAccount": "web"}
    assert got["podIdentityAssociation"]["associationId"] == made["associationId"]
    who = world.who(got["credentials"])
    assert who == got["assumedRoleUser"]["arn"]
    assert who.startswith(f"arn:aws:sts::{HOME}:assumed-role/web/eks-main-web-1-")
    assert world.session("s3", got["credentials"]).list_buckets()


TAGS = {
    "eks-cluster-arn": CLUSTER,
    "eks-cluster-name": "main",
    "kubernetes-namespace": "shop",
    "kubernetes-service-account": "web",
    "kubernetes-pod-name": "web-1",
    "kubernetes-pod-uid": "uid-1",
}


def test_the_trust_policy_decides_by_the_six_tags(world: World, eks: Any) -> None:
    associate(eks, pod_role(world))
    iam = world.admin("iam")
    token = pod_token(world, eks)

    def trusts(actions: Any, condition: Any) -> None:
        document = policy(trust(PODS, actions, Condition=condition))
        iam.update_assume_role_policy(RoleName="web", PolicyDocument=document)

    tested = {f"aws:RequestTag/{key}": value for key, value in TAGS.items()}
    tested |= {"aws:SourceAccount": HOME}
    trusts(BOTH, {"StringEquals": tested, "ArnEquals": {"aws:SourceArn": CLUSTER}})
    assert become(world, token)
    for key in tested:
        trusts(BOTH, {"StringEquals": {**tested, key: "another"}})
        answer = refused(become, world=world, token=token)
        assert (answer.code, answer.status) == ("AccessDeniedException", 400), key
    trusts("sts:AssumeRole", {"StringEquals": {"aws:SourceAccount": HOME}})
    assert "sts:TagSession" in refused(become, world=world, token=token).reason


def test_the_tags_are_those_of_the_session(world: World, eks: Any) -> None:
    condition = {"StringEquals": {f"aws:PrincipalTag/{key}": value for key, value in TAGS.items()}}
    tagged = allow("s3:ListAllMyBuckets", Condition=condition)
    role = world.people.role("web", trust(PODS, BOTH), tagged)
    made = associate(eks, role)
    token = pod_token(world, eks)
    assert world.session("s3", become(world, token)["credentials"]).list_buckets()
    eks.update_pod_identity_association(
        clusterName="main", associationId=made["associationId"], disableSessionTags=True
    )
    without = world.session("s3", become(world, token)["credentials"])
    assert refused(without.list_buckets).code == "AccessDenied"


def test_a_token_that_is_not_the_pods(world: World, eks: Any) -> None:
    associate(eks, pod_role(world))
    cluster(world, "other")
    pod = {"name": "web-1", "uid": "uid-1"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"aud": ["sts.amazonaws.com"]}, "InvalidTokenException"),
        ({"exp": 1000}, "ExpiredTokenException"),
        ({"sub": "system:node:web"}, "InvalidTokenException"),
        ({"sub": "system:serviceaccount:shop:other"}, "ResourceNotFoundException"),
        (
            {
                "sub": "system:serviceaccount:other:web",
                "kubernetes.io": {"namespace": "other", "pod": pod},
            },
            "ResourceNotFoundException",
        ),
        ({"kubernetes.io": {"namespace": "shop"}}, "InvalidTokenException"),
        ({"kubernetes.io": {"namespace": "other", "pod": pod}}, "InvalidTokenException"),
        (
            {"aud": "sts.amazonaws.com", "azp": "pods.eks.amazonaws.com"},
            "InvalidTokenException",
        ),
        (
            {"kubernetes.io": {"pod": pod, "serviceaccount": {"name": "other"}}},
            "InvalidTokenException",
        ),
        ({"kubernetes.io": {"pod": pod, "serviceaccount": "web"}}, "InvalidTokenException"),
        *(
            ({"kubernetes.io": {"namespace": "shop", "pod": bound}}, "InvalidTokenException")
            for bound in (
                {"name": "web-1"},
                {"uid": "uid-1"},
                {"name": "web-1", "uid": ""},
                {"name": "", "uid": "uid-1"},
                {"name": 1, "uid": "uid-1"},
                {"name": "web-1", "uid": 1},
                "web-1",
            )
        ),
        ({"cluster": "other"}, "InvalidTokenException"),
        ({"iss": "https://issuer.example.com"}, "InvalidTokenException"),
    ]
    for claims, code in wrong:
        token = pod_token(world, eks, **claims)
        answer = refused(become, world=world, token=token)
        assert answer.code == code, claims
        assert token not in repr(answer)
    head, body, _ = pod_token(world, eks).split(".")
    for token in (f"{head}.{body}.AAAA", "a.b.c", "none"):
        answer = refused(become, world=world, token=token)
        assert answer.code in ("InvalidTokenException", "InvalidParameterException")


def test_the_node_needs_a_permission(world: World, eks: Any) -> None:
    associate(eks, pod_role(world))
    wish = {"clusterName": "main", "token": pod_token(world, eks)}
    nobody = world.caller("eks-auth")
    answer = refused(nobody.assume_role_for_pod_identity, **wish)
    assert "eks-auth:AssumeRoleForPodIdentity" in answer.message
    node = world.caller("eks-auth", allow("eks-auth:AssumeRoleForPodIdentity", CLUSTER), name="n")
    assert node.assume_role_for_pod_identity(**wish)


def test_on_to_a_target_role_with_the_external_id(world: World, eks: Any) -> None:
    target = f"arn:aws:iam::{OTHER}:role/target"
    step = allow(BOTH, target)
    role = world.people.role("web", trust(PODS, BOTH), step)
    made = associate(eks, role, targetRoleArn=target)
    assert made["externalId"]
    token = pod_token(world, eks)
    assert refused(become, world=world, token=token).code == "AccessDeniedException"
    condition = {"StringEquals": {"sts:ExternalId": made["externalId"]}}
    world.people.role("target", trust(role, BOTH, Condition=condition), account=OTHER)
    assert world.who(become(world, token)["credentials"]).startswith(
        f"arn:aws:sts::{OTHER}:assumed-role/target/"
    )
    document = policy(trust(role, BOTH, Condition={"StringEquals": {"sts:ExternalId": "guess"}}))
    world.admin("iam", OTHER).update_assume_role_policy(RoleName="target", PolicyDocument=document)
    assert refused(become, world=world, token=token).code == "AccessDeniedException"


def test_the_policy_of_an_association_limits_the_session(world: World, eks: Any) -> None:
    role = world.people.role("web", trust(PODS, BOTH), allow(["s3:*", "iam:ListUsers"]))
    associate(eks, role, disableSessionTags=True, policy=policy(allow("s3:*")))
    got = become(world, pod_token(world, eks))["credentials"]
    assert world.session("s3", got).list_buckets()
    assert refused(world.session("iam", got).list_users).code == "AccessDenied"


def test_a_deleted_cluster_takes_its_associations_along(world: World, eks: Any) -> None:
    associate(eks, pod_role(world))
    token = pod_token(world, eks)
    eks.delete_cluster(name="main")
    assert refused(become, world=world, token=token).code == "ResourceNotFoundException"
    role = f"arn:aws:iam::{HOME}:role/cluster-main"
    eks.create_cluster(name="main", roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1"]})
    assert eks.list_pod_identity_associations(clusterName="main")["associations"] == []
    # The new cluster has another issuer, so pods of the old one stay out.
    assert refused(become, world=world, token=token).code == "InvalidTokenException"


def test_clusters_of_another_account_are_not_there(world: World, eks: Any) -> None:
    theirs = world.admin("eks", OTHER)
    assert theirs.list_clusters()["clusters"] == []
    answer = refused(theirs.list_pod_identity_associations, clusterName="main")
    assert answer.code == "ResourceNotFoundException"
    world.admin("eks-auth")
    answer = refused(
        world.admin("eks-auth", OTHER).assume_role_for_pod_identity,
        clusterName="main",
        token=pod_token(world, eks),
    )
    assert answer.code == "ResourceNotFoundException"
