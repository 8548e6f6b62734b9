"""Self-assessments against the frameworks, sign-ups, and the joint sign-up of a consortium."""

from sharing.standards.read import (
    AssessmentView,
    ConsortiumView,
    assessments,
    consortia,
    consortium,
    sign_up,
)
from sharing.standards.service import (
    AssessStandard,
    FormConsortium,
    SignUpStandard,
    assess_standard,
    form_consortium,
    sign_up_standard,
)

__all__ = [
    "AssessStandard",
    "AssessmentView",
    "ConsortiumView",
    "FormConsortium",
    "SignUpStandard",
    "assess_standard",
    "assessments",
    "consortia",
    "consortium",
    "form_consortium",
    "sign_up",
    "sign_up_standard",
]
