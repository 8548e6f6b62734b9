"""Time stamps of heads: asked for, given by an authority that OpenSSL plays, and checked here; OpenSSL is the oracle as well."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from portal import cli
from sharing.errors import TamperedError
from sharing.ledger import checkpoint, time_stamp
from sharing.ledger.checkpoint import Checkpoint, Signer, new_signing_key

CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical,CA:TRUE
[tsa]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
[other]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,serverAuth
[tsa_config]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = {alg}
"""


class Authority:
    """A certificate authority and a time-stamp authority under it, in a folder."""

    def __init__(self, folder: Path, *, key: str = "rsa:2048", alg: str = "sha256", kind: str = "tsa") -> None:
        folder.mkdir()
        self.folder = folder
        (folder / "serial").write_text("01\n")
        for name in ("ca", "signer"):
            (folder / f"{name}.cnf").write_text(CONFIG.format(name=f"Test {name}", folder=folder, alg=alg))
        new = ["-newkey", *key.split(), "-nodes"]
        self.run("req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-config", "ca.cnf", "-extensions", "ca")
        self.run("req", *new, "-keyout", "signer.key", "-out", "signer.csr", "-config", "signer.cnf")
        issued = (
            "x509",
            "-req",
            "-in",
            "signer.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-set_serial",
            "7",
            "-days",
            "30",
        )
        self.run(*issued, "-extfile", "signer.cnf", "-extensions", kind, "-out", "signer.pem")

    def run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def answer(self, query: bytes) -> bytes:
        (self.folder / "a.tsq").write_bytes(query)
        signed = ("-inkey", "signer.key", "-signer", "signer.pem", "-config", "signer.cnf", "-section", "tsa_config")
        self.run("ts", "-reply", "-queryfile", "a.tsq", *signed, "-out", "a.tsr")
        return (self.folder / "a.tsr").read_bytes()

    def accepts(self, query: bytes, response: bytes) -> bool:
        """Whether OpenSSL verifies the answer to the query."""
        (self.folder / "v.tsq").write_bytes(query)
        (self.folder / "v.tsr").write_bytes(response)
        command = ["openssl", "ts", "-verify", "-queryfile", "v.tsq", "-in", "v.tsr", "-CAfile", "ca.pem"]
        return subprocess.run(command, cwd=self.folder, check=False, capture_output=True).returncode == 0

    @property
    def certificates(self):
        return time_stamp.certificates((self.folder / "ca.pem").read_bytes())


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "tsa")


def head(size: int = 7) -> str:
    signer = Signer.load(new_signing_key("accord.test"))
    return checkpoint.sign(Checkpoint("accord.test/northtown/2026", size, bytes([size]) * 32), signer).render()


def text_of(rendered: str) -> str:
    return checkpoint.parse(rendered.encode())[1].text


@pytest.fixture(scope="module")
def stamped(authority) -> tuple[str, bytes, bytes]:
    """A head's text, the request, and the authority's answer."""
    text = text_of(head())
    query = time_stamp.request(text)
    return text, query, authority.answer(query)


def test_openssl_reads_our_request_and_we_verify_its_answer_as_it_does(authority, stamped):
    text, query, response = stamped
    assert authority.accepts(query, response)
    found = time_stamp.check(text, response, authority.certificates)
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=10)
    assert found.authority == "CN=Test signer"
    assert found.serial == 2


@pytest.mark.parametrize(("key", "alg"), [("ec -pkeyopt ec_paramgen_curve:P-256", "sha256"), ("rsa:2048", "sha1")])
def test_other_kinds_of_key_and_of_certificate_digest_verify_as_well(tmp_path, key, alg):
    other = Authority(tmp_path / "tsa", key=key, alg=alg)
    text = text_of(head(9))
    query = time_stamp.request(text)
    response = other.answer(query)
    assert other.accepts(query, response)
    assert time_stamp.check(text, response, other.certificates).authority == "CN=Test signer"


def test_a_stamp_of_another_head_or_of_an_authority_that_is_not_held_is_refused(authority, stamped, tmp_path):
    text, _, response = stamped
    with pytest.raises(TamperedError, match="something else than this head"):
        time_stamp.check(text_of(head(8)), response, authority.certificates)
    stranger = Authority(tmp_path / "stranger")
    for held in (stranger.certificates, []):
        with pytest.raises(TamperedError, match="whose certificate you hold"):
            time_stamp.check(text, response, held)


def test_a_certificate_that_is_not_for_time_stamping_is_refused(authority, stamped):
    """OpenSSL refuses to sign with one, so the certificate is what is judged."""
    text, _, response = stamped
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400)):
        assert time_stamp.check(text, response, authority.certificates)  # valid then is enough
    signed = time_stamp._signed_data(time_stamp.der.read(response).parts()[1])
    (certificate,) = signed.certificates
    for at in (datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)):
        with pytest.raises(TamperedError, match="not valid at its moment"):
            time_stamp._trace(certificate, (), authority.certificates, at)
    with pytest.raises(TamperedError, match="not one for time-stamping"):
        time_stamp._trace(authority.certificates[0], (), authority.certificates, datetime.now(UTC))


def test_a_refusal_of_the_authority_is_no_stamp(authority, stamped):
    text = stamped[0]
    refused = bytes.fromhex("3005300302010 2".replace(" ", ""))
    with pytest.raises(TamperedError, match="did not grant"):
        time_stamp.check(text, refused, authority.certificates)


def test_each_byte_that_is_changed_makes_the_answer_false_or_leaves_all_that_it_says_as_it_was(authority, stamped):
    text, _, response = stamped
    good = time_stamp.check(text, response, authority.certificates)
    harmless = 0
    for at in range(len(response)):
        flipped = response[:at] + bytes([response[at] ^ 1 << at % 8]) + response[at + 1 :]
        try:
            assert time_stamp.check(text, flipped, authority.certificates) == good
        except TamperedError:
            continue
        harmless += 1
    assert (
        harmless < len(response) // 20
    )  # the few bytes that nothing rests on: a version, an algorithm's empty parameter


@pytest.mark.parametrize(
    "data", [b"", b"0", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x02\x01", b"hello", b"\x30\x00"]
)
def test_what_is_no_time_stamp_is_refused_without_another_error(authority, data):
    with pytest.raises(TamperedError):
        time_stamp.check("x", data, authority.certificates)


def test_the_commands_write_the_request_check_the_answer_and_keep_it_beside_the_head(authority, tmp_path, capsys):
    file = tmp_path / "a.head"
    file.write_text(head())
    query, answer = tmp_path / "a.tsq", tmp_path / "answer.tsr"

    def run(*arguments: object) -> int:
        return cli.main(["ledger", *map(str, arguments)])

    assert run("stamp", file, "--request", query) == cli.DONE
    assert run("stamp", file, "--request", query) == cli.NO  # nothing is written over
    answer.write_bytes(authority.answer(query.read_bytes()))
    assert run("stamped", file, answer, "--ca", authority.folder / "ca.pem") == cli.DONE
    assert "existed by" in capsys.readouterr().out
    assert (tmp_path / "a.head.tsr").read_bytes() == answer.read_bytes()
    assert run("stamped", file, answer, "--ca", authority.folder / "ca.pem", "--json") == cli.DONE
    other = tmp_path / "b.head"
    other.write_text(head(8))
    assert run("stamped", other, answer, "--ca", authority.folder / "ca.pem") == cli.NO
    assert not (tmp_path / "b.head.tsr").exists()
    assert run("stamped", file, answer, "--ca", file) == cli.USAGE
    assert run("stamped", file, tmp_path / "none", "--ca", authority.folder / "ca.pem") == cli.USAGE
