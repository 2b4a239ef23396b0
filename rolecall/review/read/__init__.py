"""Reading changes: of Terraform plans, of synthesized output, of two git revisions."""

from typing import TYPE_CHECKING

from rolecall.lazy import names_of

if TYPE_CHECKING:
    from rolecall.review.read.plans import read_plan as read_plan
    from rolecall.review.read.revisions import merge_base as merge_base
    from rolecall.review.read.revisions import read_revisions as read_revisions
    from rolecall.review.read.synthesized import read_synthesized as read_synthesized

__getattr__ = names_of(
    __name__,
    {
        "read_plan": "plans",
        "read_synthesized": "synthesized",
        "read_revisions": "revisions",
        "merge_base": "revisions",
    },
)
