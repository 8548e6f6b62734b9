"""This module knows the commands of recalls, breaches and corrections, gathered from where each is kept."""

from sharing.recalls.answering import Answered, AnswerRecall, answer_recall, open_words
from sharing.recalls.breaching import (
    AssessBreach,
    DecideReport,
    DecideTelling,
    ReportBreach,
    assess_breach,
    close_breach,
    decide_report,
    decide_telling,
    open_breach_words,
    recall_breached,
    report_breach,
)
from sharing.recalls.correcting import (
    Corrected,
    CorrectRecord,
    acknowledge_correction,
    correct_record,
    open_corrected,
)
from sharing.recalls.recalling import EndRecall, MakeRecall, Recalled, end_recall, make_recall

__all__ = [
    "AnswerRecall",
    "Answered",
    "AssessBreach",
    "CorrectRecord",
    "Corrected",
    "DecideReport",
    "DecideTelling",
    "EndRecall",
    "MakeRecall",
    "Recalled",
    "ReportBreach",
    "acknowledge_correction",
    "answer_recall",
    "assess_breach",
    "close_breach",
    "correct_record",
    "decide_report",
    "decide_telling",
    "end_recall",
    "make_recall",
    "open_breach_words",
    "open_corrected",
    "open_words",
    "recall_breached",
    "report_breach",
]
