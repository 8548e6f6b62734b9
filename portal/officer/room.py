"""This module knows the blueprint that the officer's pages hang on."""

from flask import Blueprint

room = Blueprint("officer", __name__, url_prefix="/officer")
