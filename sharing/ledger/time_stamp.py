"""This module knows time stamps of heads (RFC 3161): a request to an authority, and its answer checked offline.

What is stamped is the head's signed text, without the signature lines: partners' lines can be added later. A stamp says that the
head existed by a moment, on the word of the authority's clock; who the authority is, only the certificate that is held says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from sharing.errors import TamperedError
from sharing.ledger import der
from sharing.ledger.der import Value

_SHA256 = bytes.fromhex("608648016503040201")
_HASHES: dict[bytes, hashes.HashAlgorithm] = {
    _SHA256: hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TST_INFO = bytes.fromhex("2a864886f70d0109100104")
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_CERTIFICATE_V2 = bytes.fromhex("2a864886f70d010910022f")
_CERTIFICATE_V1 = bytes.fromhex("2a864886f70d010910020c")
_GRANTED = (0, 1)
_UNREADABLE = (
    ValueError,
    IndexError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
)
"""What reading a broken certificate or structure may raise."""
_DER = serialization.Encoding.DER
LONGEST_CHAIN = 5
LARGEST = 1 << 20


@dataclass(frozen=True)
class Stamp:
    """A stamp that verified: when, by whom, under which number of the authority's."""

    at: datetime
    authority: str
    serial: int


def request(text: str) -> bytes:
    """Return the request (TimeStampReq, RFC 3161 section 2.4.1) for a head's signed text; it asks for the certificate too."""
    algorithm = der.value(der.SEQUENCE, der.value(der.OID, _SHA256), b"\x05\x00")
    imprint = der.value(der.SEQUENCE, algorithm, der.value(der.OCTETS, hashlib.sha256(text.encode()).digest()))
    return der.value(der.SEQUENCE, b"\x02\x01\x01", imprint, b"\x01\x01\xff")


def check(text: str, response: bytes, authorities: Sequence[x509.Certificate]) -> Stamp:
    """Check an authority's answer for a head's signed text; `authorities` are the certificates that are held.

    Raises TamperedError, saying which of these does not hold: granted; of this very head; signed by the key of a certificate
    for time-stamping that was valid then and that one of the authorities issued, directly or through others in the answer.
    """
    if len(response) > LARGEST:
        raise TamperedError("the file is too long to be a time stamp")
    try:
        return _check(text, response, authorities)
    except _UNREADABLE:
        raise TamperedError("the time stamp is not built as RFC 3161 has it") from None


def _check(text: str, response: bytes, authorities: Sequence[x509.Certificate]) -> Stamp:
    status, *token = der.read(response).parts()
    if int.from_bytes(status.parts()[0].need(der.INTEGER), "big", signed=True) not in _GRANTED or len(token) != 1:
        raise TamperedError("the authority did not grant the time stamp")
    signed = _signed_data(token[0])
    info, content = signed.info.parts(), signed.info.whole
    serial, at = int.from_bytes(info[3].need(der.INTEGER), "big", signed=True), _time(info[4].need(der.TIME))
    imprint = info[2].parts()
    if imprint[0].parts()[0].need(der.OID) != _SHA256:
        raise TamperedError("the time stamp is over another kind of digest than SHA-256")
    if imprint[1].need(der.OCTETS) != hashlib.sha256(text.encode()).digest():
        raise TamperedError("the time stamp is of something else than this head")
    signer = _verify(signed, content)
    _trace(signer, signed.certificates, authorities, at)
    return Stamp(at, signer.subject.rfc4514_string(), serial)


@dataclass(frozen=True)
class _Signed:
    info: Value
    certificates: tuple[x509.Certificate, ...]
    signer: tuple[Value, ...]


def _signed_data(token: Value) -> _Signed:
    """Take the token apart (CMS SignedData, RFC 5652 section 5.1)."""
    kind, wrapped = token.parts()
    parts = wrapped.parts(der.DEEP)[0].parts()
    inner, (content,) = parts[2].parts()[0], parts[2].parts()[1].parts(der.DEEP)
    if kind.need(der.OID) != _SIGNED_DATA or inner.need(der.OID) != _TST_INFO:
        raise TamperedError("the token is not a time stamp")
    certificates = [each for part in parts if part.tag == der.DEEP for each in part.parts(der.DEEP)]
    (signer,) = parts[-1].parts(der.SET)
    read = tuple(x509.load_der_x509_certificate(each.whole) for each in certificates)
    return _Signed(der.read(content.need(der.OCTETS)), read, signer.parts())


def _verify(signed: _Signed, content: bytes) -> x509.Certificate:
    """Check the signature over the attributes, and the attributes against the content and the certificate; return that one."""
    try:
        digest = _HASHES[signed.signer[2].parts()[0].need(der.OID)]
        attributes = {
            each.parts()[0].need(der.OID): each.parts()[1].parts(der.SET)[0]
            for each in signed.signer[3].parts(der.DEEP)
        }
        named = attributes[_CONTENT_TYPE].need(der.OID), attributes[_MESSAGE_DIGEST].need(der.OCTETS)
        signature = signed.signer[5].need(der.OCTETS)
    except (KeyError, IndexError):
        raise TamperedError(
            "the time stamp lacks a signed attribute, or is signed in a way that is not known here"
        ) from None
    if named != (_TST_INFO, _hash(digest, content)):
        raise TamperedError("the time stamp's content is not what its authority signed")
    message = der.value(der.SET, signed.signer[3].content)
    for certificate in signed.certificates:
        if _is_meant(certificate, attributes) and _is_signed(certificate, digest, message, signature):
            return certificate
    raise TamperedError("no certificate in the time stamp fits its signature")


def _hash(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    made = hashes.Hash(algorithm)
    made.update(data)
    return made.finalize()


def _is_meant(certificate: x509.Certificate, attributes: dict[bytes, Value]) -> bool:
    """Whether the signed attribute names this certificate (RFC 5035 section 3; RFC 2634 section 5.4 with SHA-1)."""
    encoded = certificate.public_bytes(_DER)
    for kind, usual in ((_CERTIFICATE_V2, hashes.SHA256()), (_CERTIFICATE_V1, hashes.SHA1())):  # noqa: S303  what RFC 2634 fixes
        if kind in attributes:
            first = attributes[kind].parts()[0].parts()[0].parts()
            algorithm = _HASHES.get(first[0].parts()[0].content) if first[0].tag == der.SEQUENCE else usual
            digest = first[1] if first[0].tag == der.SEQUENCE else first[0]
            return algorithm is not None and digest.need(der.OCTETS) == _hash(algorithm, encoded)
    return False


def _is_signed(certificate: x509.Certificate, digest: hashes.HashAlgorithm, message: bytes, signature: bytes) -> bool:
    key = certificate.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _trace(
    signer: x509.Certificate, others: Sequence[x509.Certificate], held: Sequence[x509.Certificate], at: datetime
) -> None:
    """Follow the certificate up to one that is held, each valid at the moment, and the signer's for time-stamping alone."""
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise TamperedError("the signer's certificate is not one for time-stamping") from None
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise TamperedError("the signer's certificate is not one for time-stamping alone")
    current = signer
    for _ in range(LONGEST_CHAIN):
        if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
            raise TamperedError("a certificate of the time stamp was not valid at its moment")
        if current in held:
            return
        above = [each for each in (*held, *others) if each != current and _issued(each, current)]
        if not above:
            break
        current = above[0]
    raise TamperedError("the time stamp does not come from an authority whose certificate you hold")


def _issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return True


def _time(content: bytes) -> datetime:
    """Read GeneralizedTime as RFC 3161 has it: UTC, with or without a fraction."""
    text = content.decode("ascii", "replace")
    for form in ("%Y%m%d%H%M%SZ", "%Y%m%d%H%M%S.%fZ"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise TamperedError("the time stamp's moment is none")


def certificates(pem: bytes) -> list[x509.Certificate]:
    """Read the certificates that are held. Raises ValueError when there is none."""
    return list(x509.load_pem_x509_certificates(pem))
