"""A real proxy, and a certificate authority of the tests' own."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BINARY = shutil.which("tinyproxy")


@dataclass(frozen=True)
class Tinyproxy:
    """Where it listens, and what it has written down."""

    address: str
    log: Path

    @property
    def asked(self) -> list[str]:
        """The request lines that have come."""
        lines = self.log.read_text().splitlines()
        return [line.rpartition("): ")[2] for line in lines if "Request (file" in line]


@contextmanager
def tinyproxy(folder: Path, *more: str) -> Iterator[Tinyproxy]:
    """Running on a free port of 127.0.0.1, with more lines of configuration."""
    assert BINARY is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config, log = folder / "tinyproxy.conf", folder / "tinyproxy.log"
    lines = [f"Port {port}", "Listen 127.0.0.1", "Timeout 30", "LogLevel Connect", *more]
    config.write_text("\n".join(lines) + "\n")
    with log.open("w") as out:
        process = subprocess.Popen([BINARY, "-d", "-c", str(config)], stdout=out, stderr=out)
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.05)
        yield Tinyproxy(f"127.0.0.1:{port}", log)
    finally:
        process.terminate()
        process.wait(10)


@dataclass(frozen=True)
class Authority:
    """A certificate authority that nobody trusts, and a server certificate of it for localhost."""

    certificate: Path
    server: ssl.SSLContext


def authority(folder: Path, *more_names: str) -> Authority:
    """Made anew with openssl; its server has these names too."""

    def make(name: str, *more: str) -> Path:
        made = folder / f"{name}.pem"
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        out = ["-days", "2", "-out", str(made), "-keyout", str(folder / f"{name}.key")]
        command = ["openssl", "req", "-x509", *key, *out, "-subj", f"/CN={name}", *more]
        subprocess.run(command, check=True, capture_output=True)
        return made

    root = make("authority")
    signed = ["-CA", str(root), "-CAkey", str(folder / "authority.key")]
    others = "".join(f",DNS:{name}" for name in more_names)
    names = ["-addext", f"subjectAltName=DNS:localhost,IP:127.0.0.1{others}"]
    leaf = make("localhost", *signed, *names, "-addext", "basicConstraints=critical,CA:FALSE")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf, folder / "localhost.key")
    return Authority(root, context)
