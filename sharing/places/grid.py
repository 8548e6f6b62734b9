"""This module knows the British National Grid: degrees of GPS to metres of the map and back.

Two steps, both from Ordnance Survey, "A guide to coordinate systems in Great Britain" (v3.6, 2020): the
seven-parameter Helmert transformation between WGS84 and OSGB36 (section 6.6), and the transverse Mercator
series on the Airy ellipsoid (annex C). Helmert is good to about 3 m (the guide says 5 m): far less than a 50
m cell, and it needs no table of 1.7 million shifts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ellipsoid:
    """A figure of the earth: semi-major and semi-minor axis in metres."""

    a: float
    b: float

    @property
    def e2(self) -> float:
        """The eccentricity squared."""
        return 1 - (self.b / self.a) ** 2


AIRY = Ellipsoid(6_377_563.396, 6_356_256.909)
GRS80 = Ellipsoid(6_378_137.0, 6_356_752.314_140)

SCALE = 0.9996012717
TRUE_ORIGIN = (np.radians(49.0), np.radians(-2.0))
FALSE_EASTING, FALSE_NORTHING = 400_000.0, -100_000.0

_SECOND = np.pi / 180 / 3600
_SHIFT = np.array([-446.448, 125.157, -542.060])
_SPIN = np.array([-0.1502, -0.2470, -0.8421]) * _SECOND
_STRETCH = 1 + 20.4894e-6
_NEAR_ENOUGH = 1e-5
"""Metres of northing below which the inverse series stops (the guide: 0.01 mm)."""


def to_grid(latitude: ArrayLike, longitude: ArrayLike) -> tuple[Floats, Floats]:
    """Return easting and northing in metres of WGS84 degrees; arrays of any equal shape; not-a-number stays so."""
    phi, lam = np.radians(np.asarray(latitude, float)), np.radians(np.asarray(longitude, float))
    cartesian = _helmert_matrix() @ _to_cartesian(phi, lam, GRS80).reshape(3, -1) + _SHIFT[:, None]
    phi_airy, lam_airy = _to_geodetic(cartesian, AIRY)
    east, north = project(phi_airy, lam_airy)
    return east.reshape(phi.shape), north.reshape(phi.shape)


def to_degrees(easting: ArrayLike, northing: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS84 latitude and longitude in degrees of grid metres: the exact inverse of `to_grid`."""
    east, north = np.asarray(easting, float), np.asarray(northing, float)
    phi, lam = unproject(east.ravel(), north.ravel())
    cartesian = np.linalg.inv(_helmert_matrix()) @ (_to_cartesian(phi, lam, AIRY).reshape(3, -1) - _SHIFT[:, None])
    phi_gps, lam_gps = _to_geodetic(cartesian, GRS80)
    return np.degrees(phi_gps).reshape(east.shape), np.degrees(lam_gps).reshape(east.shape)


def project(phi: Floats, lam: Floats) -> tuple[Floats, Floats]:
    """Return easting and northing of OSGB36 radians (annex C.1)."""
    s, c, t2 = np.sin(phi), np.cos(phi), np.tan(phi) ** 2
    nu, rho, eta2 = _radii(phi)
    d = lam - TRUE_ORIGIN[1]
    north = (
        _meridian_arc(phi)
        + FALSE_NORTHING
        + d**2 * nu / 2 * s * c
        + d**4 * nu / 24 * s * c**3 * (5 - t2 + 9 * eta2)
        + d**6 * nu / 720 * s * c**5 * (61 - 58 * t2 + t2**2)
    )
    east = (
        FALSE_EASTING
        + d * nu * c
        + d**3 * nu / 6 * c**3 * (nu / rho - t2)
        + d**5 * nu / 120 * c**5 * (5 - 18 * t2 + t2**2 + 14 * eta2 - 58 * t2 * eta2)
    )
    return east, north


def unproject(east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Return OSGB36 radians of grid metres (annex C.2)."""
    phi = (north - FALSE_NORTHING) / (AIRY.a * SCALE) + TRUE_ORIGIN[0]
    for _ in range(10):
        rest = north - FALSE_NORTHING - _meridian_arc(phi)
        phi = phi + rest / (AIRY.a * SCALE)
        if not np.any(np.abs(rest) > _NEAR_ENOUGH):
            break
    t, sec = np.tan(phi), 1 / np.cos(phi)
    nu, rho, eta2 = _radii(phi)
    d = east - FALSE_EASTING
    latitude = (
        phi
        - d**2 * t / (2 * rho * nu)
        + d**4 * t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2)
        - d**6 * t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4)
    )
    longitude = (
        TRUE_ORIGIN[1]
        + d * sec / nu
        - d**3 * sec / (6 * nu**3) * (nu / rho + 2 * t**2)
        + d**5 * sec / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4)
        - d**7 * sec / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6)
    )
    return latitude, longitude


def _radii(phi: Floats) -> tuple[Floats, Floats, Floats]:
    w = 1 - AIRY.e2 * np.sin(phi) ** 2
    nu = AIRY.a * SCALE / np.sqrt(w)
    rho = AIRY.a * SCALE * (1 - AIRY.e2) / w**1.5
    return nu, rho, nu / rho - 1


def _meridian_arc(phi: Floats) -> Floats:
    n = (AIRY.a - AIRY.b) / (AIRY.a + AIRY.b)
    d, s = phi - TRUE_ORIGIN[0], phi + TRUE_ORIGIN[0]
    arc: Floats = (AIRY.b * SCALE) * (
        (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * d
        - (3 * n + 3 * n**2 + 21 / 8 * n**3) * np.sin(d) * np.cos(s)
        + (15 / 8 * n**2 + 15 / 8 * n**3) * np.sin(2 * d) * np.cos(2 * s)
        - 35 / 24 * n**3 * np.sin(3 * d) * np.cos(3 * s)
    )
    return arc


def _helmert_matrix() -> Floats:
    rx, ry, rz = _SPIN
    return np.array([[_STRETCH, -rz, ry], [rz, _STRETCH, -rx], [-ry, rx, _STRETCH]])


def _to_cartesian(phi: Floats, lam: Floats, figure: Ellipsoid) -> Floats:
    nu = figure.a / np.sqrt(1 - figure.e2 * np.sin(phi) ** 2)
    across = nu * np.cos(phi)
    return np.stack([across * np.cos(lam), across * np.sin(lam), nu * (1 - figure.e2) * np.sin(phi)])


def _to_geodetic(cartesian: Floats, figure: Ellipsoid) -> tuple[Floats, Floats]:
    x, y, z = cartesian
    p = np.hypot(x, y)
    phi = np.arctan2(z, p * (1 - figure.e2))
    for _ in range(6):
        nu = figure.a / np.sqrt(1 - figure.e2 * np.sin(phi) ** 2)
        phi = np.arctan2(z + figure.e2 * nu * np.sin(phi), p)
    return phi, np.arctan2(y, x)
