"""Makes a token A3 in software: SoftHSM2, in a folder of the test."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.apoio.autoridade import Emitido

MODULOS = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
           "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so")  # fmt: skip
PIN = "pin-secreto-8472"


def exigir() -> str:
    """Returns the path of the library. Where SoftHSM2 is missing it skips the test and says so; in CI it fails."""
    modulo = next((m for m in MODULOS if Path(m).is_file()), None)
    try:
        import pkcs11  # noqa: F401
    except ImportError:
        modulo = None
    if modulo is None or shutil.which("softhsm2-util") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("faltam softhsm2 e python-pkcs11")
        pytest.skip("FALTAM softhsm2 (apt-get install softhsm2) e o extra a3: o token A3 não é provado nesta máquina")
    return modulo


@dataclass
class TokenDeTeste:
    """One or more tokens under a folder. The environment of this process has `SOFTHSM2_CONF`."""

    pasta: Path
    modulo: str

    @classmethod
    def em(cls, pasta: Path, monkeypatch: pytest.MonkeyPatch) -> "TokenDeTeste":
        modulo = exigir()
        (pasta / "tokens").mkdir(parents=True)
        conf = pasta / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {pasta}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
        monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
        return cls(pasta, modulo)

    def iniciar(self, rotulo: str = "token-da-empresa", pin: str = PIN) -> None:
        self._util("--init-token", "--free", "--label", rotulo, "--pin", pin, "--so-pin", "12345678")

    def por(self, emitido: Emitido, id_: str, rotulo: str = "token-da-empresa", pin: str = PIN) -> None:
        """Puts key and certificate into a token, under an id (hex)."""
        import pkcs11

        chave = self.pasta / "chave.pem"
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        chave.write_bytes(emitido.chave.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self._util("--import", str(chave), "--token", rotulo, "--label", f"k{id_}", "--id", id_, "--pin", pin)
        chave.unlink()
        biblioteca = pkcs11.lib(self.modulo)
        biblioteca.reinitialize()
        token = next(t for s in biblioteca.get_slots(token_present=True) if (t := s.get_token()).label == rotulo)
        a = pkcs11.Attribute
        with token.open(user_pin=pin, rw=True) as sessao:
            sessao.create_object({
                a.CLASS: pkcs11.ObjectClass.CERTIFICATE, a.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                a.TOKEN: True, a.PRIVATE: False, a.ID: bytes.fromhex(id_), a.LABEL: f"c{id_}", a.VALUE: emitido.der,
                a.SUBJECT: emitido.certificado.subject.public_bytes(),
            })  # fmt: skip

    def _util(self, *args: str) -> None:
        subprocess.run(["softhsm2-util", *args], check=True, capture_output=True, env=os.environ)
