"""Texts that only one process can read, whoever carries them: HPKE (RFC 9180), to a key that lives as long as the process."""

from __future__ import annotations

from base64 import b64decode, b64encode

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Letterbox:
    """Whoever knows its address can seal a text for this process."""

    def __init__(self) -> None:
        self._private = X25519PrivateKey.generate()

    @property
    def address(self) -> str:
        return b64encode(self._private.public_key().public_bytes_raw()).decode()

    def opened(self, sealed: str) -> str:
        """The text; InvalidTag where it was sealed for another."""
        return SUITE.decrypt(b64decode(sealed), self._private).decode()


def sealed(text: str, address: str) -> str:
    """The text, for the process with this address only; one line."""
    public = X25519PublicKey.from_public_bytes(b64decode(address))
    return b64encode(SUITE.encrypt(text.encode(), public)).decode()
