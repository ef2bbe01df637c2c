"""Re-dates a sample: new dhEmi, and with it the key, Id, cDV and QR code. No other value is touched.

The public samples and the golden set are too old for the running service (rejection 228), and the product's code has no
override of the clock.
"""

import re
from datetime import datetime

from separador.demonstracao.pedacos_de_xml import aamm, dh
from separador.nucleo.chave import dv11

_ASSINATURA = re.compile(r"<Signature\b.*?</Signature>", re.DOTALL)


def redatar(dados: bytes, *, agora: datetime) -> bytes:
    """Returns a CT-e of any model, or an event, as issued at `agora`, in UTF-8. A signature is taken out.

    The key has year and month of the new date and a new check digit; the rest comes from the fields of the document.
    `sign` of a contingency QR code stays. An event keeps the key of its document, and only dhEvento changes. Raises
    ValueError when there is no Id to read.
    """
    texto = _ASSINATURA.sub("", _decodificar(dados))
    if re.search(r"<(?:\w+:)?infEvento\b", texto):
        return _datar_evento(texto, agora).encode()
    return _datar_documento(texto, agora).encode()


def redatar_com_chave(dados: bytes, *, agora: datetime) -> tuple[bytes, str]:
    """Does as `redatar`, and returns the new key too."""
    novo = redatar(dados, agora=agora)
    return novo, _chave(novo.decode())


def trocar_chave(dados: bytes, de: str, para: str) -> bytes:
    """Replaces one key by another everywhere, e.g. in an event about a re-dated document."""
    return dados.replace(de.encode(), para.encode())


def _decodificar(dados: bytes) -> str:
    """Returns the text of a sample: BOM removed, declared encoding obeyed, declaration rewritten as UTF-8."""
    achado = re.match(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=["']([\w-]+)["']""", dados)
    codificacao = achado.group(1).decode() if achado else "utf-8"
    texto = dados.decode("utf-8-sig" if codificacao.lower() == "utf-8" else codificacao)
    return re.sub(r"""(<\?xml[^>]*encoding=)["'][\w-]+["']""", r'\1"UTF-8"', texto, count=1)


def _chave(texto: str) -> str:
    achado = re.search(r"""\bId=["']CTe([0-9A-Z]{44})["']""", texto)
    if achado is None:
        raise ValueError("a amostra não tem Id de CT-e")
    return achado.group(1)


def _datar_documento(texto: str, agora: datetime) -> str:
    velha = _chave(texto)
    texto = _trocar(texto, "dhEmi", dh(agora))
    nova = _chave_dos_campos(texto, agora)
    texto = re.sub(r"(qrCodCTe>[^<]*(?:<!\[CDATA\[)?[^<]*chCTe=)[0-9A-Z]{44}", rf"\g<1>{nova}", texto, count=1)
    return _trocar(texto.replace(velha, nova), "cDV", nova[43])


def _chave_dos_campos(texto: str, agora: datetime) -> str:
    """Takes the key from the fields, not from the old Id: some public samples were edited and the two disagree."""
    emit = texto[texto.index("<emit>") :]
    dono = _campo(emit, "CNPJ|CPF")
    corpo = (
        f"{_campo(texto, 'cUF')}{aamm(agora)}{dono:0>14}{_campo(texto, 'mod')}{_campo(texto, 'serie'):0>3}"
        f"{_campo(texto, 'nCT'):0>9}{_campo(texto, 'tpEmis')}{_campo(texto, 'cCT')}"
    )
    return f"{corpo}{dv11(corpo)}"


def _campo(texto: str, tag: str) -> str:
    achado = re.search(rf"<(?:{tag})>\s*([^<\s]+)\s*<", texto)
    if achado is None:
        raise ValueError(f"a amostra não tem {tag}")
    return achado.group(1)


def _datar_evento(texto: str, agora: datetime) -> str:
    return _trocar(texto, "dhEvento", dh(agora))


def _trocar(texto: str, tag: str, valor: str) -> str:
    """Changes the first occurrence only: the other `dhEmi` of a layout belong to other documents."""
    novo, vezes = re.subn(rf"(<{tag}>)[^<]*(</{tag}>)", rf"\g<1>{valor}\g<2>", texto, count=1)
    if not vezes:
        raise ValueError(f"a amostra não tem {tag}")
    return novo
