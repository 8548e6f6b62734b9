"""This module knows that the primitives the vault is built on agree with Project Wycheproof's vectors."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sharing.errors import TamperedError
from sharing.vault import aead
from sharing.vault.ring import derive

VECTORS = Path(__file__).parent.parent / "vectors" / "wycheproof"


def cases(name: str) -> list[dict[str, Any]]:
    """Every test of a file, with its group's parameters."""
    document = json.loads(gzip.decompress((VECTORS / f"{name}.json.gz").read_bytes()))
    found = [{**group, **case} for group in document["testGroups"] for case in group["tests"]]
    assert len(found) == document["numberOfTests"]
    return found


def unhex(case: dict[str, Any], *names: str) -> list[bytes]:
    return [bytes.fromhex(case[name]) for name in names]


def test_the_vaults_decrypt_agrees_with_every_aes_gcm_vector():
    used = refused = 0
    for case in cases("aes_gcm_test_part"):
        key, iv, aad, message, cipher, tag = unhex(case, "key", "iv", "aad", "msg", "ct", "tag")
        if len(iv) != 12 or case["tagSize"] != 128:
            continue  # other nonce and tag sizes have no way into the vault: its layout fixes both
        used += 1
        if case["result"] == "valid":
            assert aead.decrypt(AESGCM(key), iv + cipher + tag, aad) == message
            assert AESGCM(key).encrypt(iv, message, aad) == cipher + tag
        else:
            refused += 1
            with pytest.raises(TamperedError):
                aead.decrypt(AESGCM(key), iv + cipher + tag, aad)
    assert used > 100
    assert refused > 20


def test_hkdf_agrees_with_every_vector():
    for case in cases("hkdf_sha256_test"):
        ikm, salt, info, okm = unhex(case, "ikm", "salt", "info", "okm")
        if case["result"] == "valid":
            assert HKDF(hashes.SHA256(), case["size"], salt, info).derive(ikm) == okm
        else:
            with pytest.raises(ValueError, match="derive"):
                HKDF(hashes.SHA256(), case["size"], salt, info).derive(ikm)


def test_the_vaults_derivation_is_hkdf_without_salt():
    assert derive(bytes(32), b"use") == HKDF(hashes.SHA256(), 32, bytes(32), b"use").derive(bytes(32))
    assert derive(bytes(32), b"use") != derive(bytes(32), b"other use")


def test_a_copied_hmac_agrees_with_every_vector():
    for case in cases("hmac_sha256_test"):
        key, message, tag = unhex(case, "key", "msg", "tag")
        mac = hmac.HMAC(key, hashes.SHA256()).copy()
        mac.update(message)
        assert (mac.finalize()[: len(tag)] == tag) == (case["result"] == "valid")
