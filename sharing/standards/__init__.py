"""Self-assessments against the frameworks, sign-ups, and the joint sign-up of a consortium."""

from sharing.standards.assess import AssessStandard, ConcludeAssessment, assess_standard, conclude_assessment
from sharing.standards.join import SignUpStandard, sign_up_standard
from sharing.standards.read import (
    AssessmentView,
    ConsortiumView,
    assessment,
    assessments,
    consortia,
    consortium,
    sign_up,
)
from sharing.standards.together import FormConsortium, form_consortium

__all__ = [
    "AssessStandard",
    "AssessmentView",
    "ConcludeAssessment",
    "ConsortiumView",
    "FormConsortium",
    "SignUpStandard",
    "assess_standard",
    "assessment",
    "assessments",
    "conclude_assessment",
    "consortia",
    "consortium",
    "form_consortium",
    "sign_up",
    "sign_up_standard",
]
