"""Places: postcodes, boundaries and the gazetteer; the national grid and its 50 m lattice."""

from sharing.places.areas import Area, bounds, find_areas, simplify
from sharing.places.grid import to_degrees, to_grid
from sharing.places.lattice import CELL_M, Cell, cell_of, cells_of, centre_of
from sharing.places.load import LoadedPlaces, LoadPlaces, load_places
from sharing.places.locate import Given, Located, Locator, Precision, covering
from sharing.places.names import Gazetteer, PlaceName, clean_name, gather_names
from sharing.places.postcodes import PostcodeBook, PostcodePlace, normalise, outward
from sharing.places.read import (
    areas,
    find_postcode,
    gazetteer,
    homes_by_area,
    homes_by_cell,
    locator,
    postcode_book,
)

__all__ = [
    "CELL_M",
    "Area",
    "Cell",
    "Gazetteer",
    "Given",
    "LoadPlaces",
    "LoadedPlaces",
    "Located",
    "Locator",
    "PlaceName",
    "PostcodeBook",
    "PostcodePlace",
    "Precision",
    "areas",
    "bounds",
    "cell_of",
    "cells_of",
    "centre_of",
    "clean_name",
    "covering",
    "find_areas",
    "find_postcode",
    "gather_names",
    "gazetteer",
    "homes_by_area",
    "homes_by_cell",
    "load_places",
    "locator",
    "normalise",
    "outward",
    "postcode_book",
    "simplify",
    "to_degrees",
    "to_grid",
]
