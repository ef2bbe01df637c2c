"""Checks the QR code.

MOC 4.00, Anexo I, rules G212 to G217, and the same rules in tables H and I; Visão Geral, 9.
"""

import binascii
from base64 import b64decode
from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.enderecos_qrcode import url_qrcode
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.ufs import SIGLA_UF
from separador.fiscal.regras.visao import Visao

# These are the kinds of emission whose QR code is signed, because SEFAZ may not have the document yet: EPEC (4), FS-DA
# (5) and the offline contingency (2; the GTV-e's only one, and everyone's since NT 2026.004).
_COM_ASSINATURA = frozenset("245")
_SEM_ASSINATURA = frozenset("1378")
_POSICOES = 44
_X509 = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"


def _achado(v: Visao, detalhe: str, certo: str = "") -> Sequence[Achado]:
    return v.suplemento.achado("qrCodCTe", detalhe, certo)


def _com(endereco: str, parametros: dict[str, str]) -> str:
    """Returns a QR code's text."""
    return f"{endereco}?{'&'.join(f'{nome}={valor}' for nome, valor in parametros.items())}"


def ausente(v: Visao) -> Sequence[Achado]:
    """Checks 850: there is a QR code."""
    if v.qrcode[0]:
        return ()
    uf, tp_amb = v.ide["cUF"], v.ide["tpAmb"]
    conhecida = uf in SIGLA_UF and tp_amb in ("1", "2")
    certo = _com(url_qrcode(uf, tp_amb), {"chCTe": v.chave, "tpAmb": tp_amb}) if conhecida else ""
    if v.suplemento.no is not None:
        return v.suplemento.achado("qrCodCTe", "", certo.replace("&", "&amp;"))
    dentro = f"<qrCodCTe>{certo.replace('&', '&amp;')}</qrCodCTe>" if certo else ""
    return (Achado(v.raiz.no, "", "infCTeSupl", dentro),)


def endereco(v: Visao) -> Sequence[Achado]:
    """Checks 851: the address is that of the state. Case and scheme are not compared.

    An address of the state's own portal that is not in our table may be right there (MG has had several): it passes
    with a note (`nota_do_endereco`). Only the address of the other environment is known to be wrong.
    """
    previsto = _outro_endereco(v)
    if previsto is None or _pode_servir(v):
        return ()
    return _achado(v, f"o endereço é {v.qrcode[0]}", _com(previsto, v.qrcode[1]))


def nota_do_endereco(v: Visao) -> str | None:
    """Returns what to tell about an address that passes although it is not the one of our table."""
    previsto = _outro_endereco(v)
    if previsto is None or not _pode_servir(v):
        return None
    return (
        f"o endereço do QR Code ({v.qrcode[0]}) não é o da tabela deste programa ({previsto}), mas é de um portal da "
        "mesma UF: foi aceito; se não servir, quem recusa é a SEFAZ (851)"
    )


def _outro_endereco(v: Visao) -> str | None:
    """Returns the address of our table, where the document has another one."""
    lido, uf, tp_amb = v.qrcode[0], v.ide["cUF"], v.ide["tpAmb"]
    if not lido or uf not in SIGLA_UF or tp_amb not in ("1", "2"):
        return None
    previsto = url_qrcode(uf, tp_amb)
    return None if lido == previsto or _lugar(lido) == _lugar(previsto) else previsto


def _pode_servir(v: Visao) -> bool:
    """Says whether an address that is not in our table is one of the state's, or of its authoriser's."""
    uf, lugar = v.ide["cUF"], _lugar(v.qrcode[0])
    if lugar in (_lugar(url_qrcode(uf, tp_amb)) for tp_amb in ("1", "2")):
        return False  # that of the other environment
    servidor = lugar.partition("/")[0].partition(":")[0]
    da_tabela = _lugar(url_qrcode(uf, "1")).partition("/")[0]
    portais = (f".{SIGLA_UF[uf].lower()}.gov.br", "." + ".".join(da_tabela.rsplit(".", 3)[-3:]))
    return f".{servidor}".endswith(portais)


def _lugar(url: str) -> str:
    return url.lower().partition("://")[2].rstrip("/")


def chave(v: Visao) -> Sequence[Achado]:
    """Checks 852: the key is the document's."""
    parametros = v.qrcode[1]
    if not v.qrcode[0] or parametros.get("chCTe") == v.chave or len(v.chave) != _POSICOES:
        return ()
    return _achado(v, f"a chave do documento é {v.chave}", _com(v.qrcode[0], parametros | {"chCTe": v.chave}))


def sem_assinatura(v: Visao) -> Sequence[Achado]:
    """Checks 853: in contingency the QR code is signed."""
    if v.tp_emis not in _COM_ASSINATURA or not v.qrcode[0] or v.qrcode[1].get("sign"):
        return ()
    return _achado(v, f"não tem sign, e tpEmis={v.tp_emis}")


def assinatura_indevida(v: Visao) -> Sequence[Achado]:
    """Checks 854: outside contingency the QR code is not signed."""
    if "sign" not in v.qrcode[1] or v.tp_emis not in _SEM_ASSINATURA:
        return ()
    sem = {nome: valor for nome, valor in v.qrcode[1].items() if nome != "sign"}
    return _achado(v, f"tem sign, e tpEmis={v.tp_emis}", _com(v.qrcode[0], sem))


def assinatura_errada(v: Visao) -> Sequence[Achado]:
    """Checks 855: the signature is that of the key by the document's certificate.

    Before the document is signed there is nothing to check.
    """
    assinatura = v.qrcode[1].get("sign", "")
    if not assinatura or v.tp_emis not in _COM_ASSINATURA or v.raiz.no is None:
        return ()
    certificado = next(v.raiz.no.iter(_X509), None)
    if certificado is None or _confere(assinatura, v.chave, certificado.text or ""):
        return ()
    return _achado(v, "o parâmetro sign não confere")


def _confere(assinatura: str, chave_acesso: str, certificado: str) -> bool:
    """Checks RSA-SHA1 PKCS#1 v1.5 over the 44 characters.

    Returns True as well for a certificate that cannot be read or is not RSA: other rules report it.
    """
    # These are imported here because contingency is rare, and the command line should not pay for them at every start.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA1  # noqa: PLC0415
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415

    try:
        publica = load_der_x509_certificate(b64decode(certificado)).public_key()
    except ValueError:  # the certificate's own checks report it
        return True
    if not isinstance(publica, RSAPublicKey):
        return True
    try:
        # The manual chose SHA-1 (MOC 4.00, Visão Geral, 9); this program did not.
        publica.verify(b64decode(assinatura, validate=True), chave_acesso.encode(), PKCS1v15(), SHA1())  # noqa: S303
    except (InvalidSignature, binascii.Error):
        return False
    return True


REGRAS: list[Regra] = [
    *verificada(
        "G212 H128 I70",
        "850",
        ausente,
        "O documento traz o QR Code (infCTeSupl/qrCodCTe).",
        "Inclua o QR Code antes de assinar; em documento sem assinatura o separador o inclui sozinho.",
        simp=True,
    ),
    *verificada(
        "G213 H129 I71",
        "851",
        endereco,
        "O endereço do QR Code é o da UF autorizadora no ambiente do documento (maiúsculas e minúsculas não contam).",
        "Corrija o endereço do QR Code no sistema emissor.",
        simp=True,
    ),
    *verificada(
        "G214 H130 I72",
        "852",
        chave,
        "O parâmetro chCTe do QR Code é a chave do documento.",
        "Gere o QR Code com a chave do próprio documento.",
        simp=True,
    ),
    *verificada(
        "G215 H131 I73",
        "853",
        sem_assinatura,
        "Em contingência (EPEC, FS-DA, off-line) o QR Code leva a assinatura da chave (sign).",
        "Gere o QR Code com o parâmetro sign.",
        simp=True,
    ),
    *verificada(
        "G216 H132 I74",
        "854",
        assinatura_indevida,
        "Em emissão normal, NFF ou por SVC o QR Code não leva o parâmetro sign.",
        "Gere o QR Code sem o parâmetro sign.",
        simp=True,
    ),
    *verificada(
        "G217 H133 I75",
        "855",
        assinatura_errada,
        "O parâmetro sign do QR Code é a assinatura da chave pelo certificado que assina o documento.",
        "Gere o sign com o mesmo certificado da assinatura do documento.",
        simp=True,
    ),
]
