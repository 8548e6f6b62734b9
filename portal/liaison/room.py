"""This module knows the blueprint that the liaison officer's pages hang on."""

from flask import Blueprint

room = Blueprint("liaison", __name__, url_prefix="/liaison")
