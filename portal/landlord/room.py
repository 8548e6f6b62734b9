"""This module knows the blueprint that the landlord's pages hang on."""

from flask import Blueprint

room = Blueprint("landlord", __name__, url_prefix="/landlord")
