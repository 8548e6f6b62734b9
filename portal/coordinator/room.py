"""This module knows the blueprint that the co-ordinator's pages hang on."""

from flask import Blueprint

room = Blueprint("coordinator", __name__, url_prefix="/coordinator")
