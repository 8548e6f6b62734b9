"""Returns: reading, checking and accepting what landlords, the police and the council send; versions and completeness."""

from sharing.returns.blank import Shape, write_csv, write_xlsx
from sharing.returns.categories import Kind as CategoryKind
from sharing.returns.categories import Scheme, kinds, scheme, scheme_titles, unmapped_kinds
from sharing.returns.check import check_return
from sharing.returns.checked import Checked, FormLine, IncidentRow, LineKey, Setting, Spot, UnmappedWord
from sharing.returns.compare import Change, Difference, compare_lines
from sharing.returns.completeness import Expected, ReturnStatus, StatusRow, expected_landlords, landlords_status, status
from sharing.returns.council import CouncilChoice, read_council
from sharing.returns.cover import Cover, InForce, cover_in_force
from sharing.returns.keep import KeepMapping, keep_mapping, kept_mapping
from sharing.returns.load import Loaded, LoadReports, load_council_reports, load_police_data
from sharing.returns.mapping import SavedMapping, suggested
from sharing.returns.neutral import neutral
from sharing.returns.period import DueDate, Quarter, due_on, is_working_day, statutory_due_on
from sharing.returns.personal import hints
from sharing.returns.picture import CellCount, MergedCount, MergedPicture, cell_months, merged, placed_of
from sharing.returns.police import PoliceChoice, read_police
from sharing.returns.problems import Level, RowProblem, grouped
from sharing.returns.reader import LIMITS, Limits
from sharing.returns.report import write_problems
from sharing.returns.reports import ReadReports, Report
from sharing.returns.rules import PURPOSE, Kind, State
from sharing.returns.slot import what_changed, what_would_change
from sharing.returns.submit import (
    Certificate,
    SubmitNilReturn,
    SubmitReturn,
    Submitted,
    submit_nil_return,
    submit_return,
    supersede_return,
)
from sharing.returns.template import Form, form

__all__ = [
    "LIMITS",
    "PURPOSE",
    "CategoryKind",
    "CellCount",
    "Certificate",
    "Change",
    "Checked",
    "CouncilChoice",
    "Cover",
    "Difference",
    "DueDate",
    "Expected",
    "Form",
    "FormLine",
    "InForce",
    "IncidentRow",
    "KeepMapping",
    "Kind",
    "Level",
    "Limits",
    "LineKey",
    "LoadReports",
    "Loaded",
    "MergedCount",
    "MergedPicture",
    "PoliceChoice",
    "Quarter",
    "ReadReports",
    "Report",
    "ReturnStatus",
    "RowProblem",
    "SavedMapping",
    "Scheme",
    "Setting",
    "Shape",
    "Spot",
    "State",
    "StatusRow",
    "SubmitNilReturn",
    "SubmitReturn",
    "Submitted",
    "UnmappedWord",
    "cell_months",
    "check_return",
    "compare_lines",
    "cover_in_force",
    "due_on",
    "expected_landlords",
    "form",
    "grouped",
    "hints",
    "is_working_day",
    "keep_mapping",
    "kept_mapping",
    "kinds",
    "landlords_status",
    "load_council_reports",
    "load_police_data",
    "merged",
    "neutral",
    "placed_of",
    "read_council",
    "read_police",
    "scheme",
    "scheme_titles",
    "status",
    "statutory_due_on",
    "submit_nil_return",
    "submit_return",
    "suggested",
    "supersede_return",
    "unmapped_kinds",
    "what_changed",
    "what_would_change",
    "write_csv",
    "write_problems",
    "write_xlsx",
]
