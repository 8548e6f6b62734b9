"""This module knows the blueprint that the auditor's pages hang on."""

from flask import Blueprint

room = Blueprint("auditor", __name__, url_prefix="/auditor")
