"""Checks what tells of a delivery (proof and failure), and the GTV and multimodal registers.

Source: MOC 4.00, Visão Geral, 6.3, 6.7 and 6.8.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from separador.fiscal.evento.campos import Valores
from separador.fiscal.evento.fatos import Conteudo, Fatos
from separador.nucleo.chave import chave_valida, cnpj_valido, cpf_valido, partes
from separador.nucleo.negativa import Negativa

COMPROVANTE, INSUCESSO, GTV, MULTIMODAL = "110180", "110190", "110170", "110160"
_SIMPLIFICADO = frozenset({"5", "6"})


def hash_da_imagem(chave: str, imagem_base64: str) -> str:
    """Returns the base64 (28 characters) of the SHA-1 of the key followed by the image.

    The image is taken in base64 without line breaks.
    """
    limpa = "".join(imagem_base64.split())
    return base64.b64encode(hashlib.sha1(f"{chave}{limpa}".encode(), usedforsecurity=False).digest()).decode()


def e_base64(texto: str) -> bool:
    """Says whether a text, without its line breaks, is base64 of at least one byte."""
    try:
        return bool(base64.b64decode("".join(texto.split()), validate=True))
    except ValueError:
        return False


def chaves_das_notas(valores: Valores) -> list[str]:
    """Returns the keys of the NF-e that an event names."""
    return [str(n.get("chave", "")) for n in _lista(valores, "notas")]


def comprovante(v: Valores, f: Fatos) -> Iterator[Negativa]:
    """Checks the proof of delivery: MOC 6.8.1, rules O05 to O11 and O15 to O17."""
    doc = _conteudo(f)
    notas = chaves_das_notas(v)
    if doc.tp_cte == "1":
        yield Negativa("869", "O documento é complementar: não tem comprovante de entrega.")
    yield from _entre_emissao_e_agora(v, f, "entrega_em", "872")
    yield from _entre_emissao_e_agora(v, f, "hash_em", "873")
    vigentes = list(f.em_vigor(COMPROVANTE))
    if vigentes and not doc.globalizado and doc.tp_cte not in _SIMPLIFICADO:
        yield Negativa("870", "O documento já tem comprovante de entrega; cancele-o antes de registrar outro.")
    if doc.tp_serv == "0" and doc.notas and not notas:
        yield Negativa("865", "notas: faltam as NF-e entregues, pois o serviço é normal (ou peça todas_as_notas).")
    if doc.tp_serv not in ("", "0") and notas and not (doc.tp_emis == "3" and doc.tp_serv == "1"):
        yield Negativa("871", "notas: o tipo de serviço não é normal, então o comprovante não relaciona NF-e.")
    yield from _notas(notas, doc, ("860", "861", "864"))
    ja = {n for e in vigentes for n in chaves_das_notas(e.valores)}
    yield from (Negativa("863", f"notas: a NF-e {n} já tem comprovante de entrega.") for n in notas if n in ja)


def insucesso(v: Valores, f: Fatos) -> Iterator[Negativa]:
    """Checks what the schema says in words: reason 4, times, the document's invoices.

    The manual of 2022 does not have 110190.
    """
    if v.get("motivo") == "4" and not v.get("justificativa"):
        yield Negativa("SEP-EVENTO-DADOS", "justificativa: falta; o motivo 4 (outros) a exige.")
    if v.get("motivo") != "4" and v.get("justificativa"):
        yield Negativa("SEP-EVENTO-DADOS", "justificativa: só cabe no motivo 4 (outros).")
    if v.get("hash_em") and not v.get("hash"):
        yield Negativa("SEP-EVENTO-DADOS", "hash_em: veio sem hash nem imagem.")
    yield from _entre_emissao_e_agora(v, f, "tentativa_em", "SEP-EVENTO-DATA")
    yield from _entre_emissao_e_agora(v, f, "hash_em", "SEP-EVENTO-DATA")
    yield from _notas(chaves_das_notas(v), _conteudo(f), ("SEP-EVENTO-NOTA",) * 3)


def multimodal(_: Valores, f: Fatos) -> Iterator[Negativa]:
    """Checks the multimodal register: MOC 6.3.1, rule O02."""
    if _conteudo(f).modal not in ("", "06"):
        yield Negativa("679", "O modal do documento não é multimodal (06).")


def gtv(v: Valores, f: Fatos) -> Iterator[Negativa]:
    """Checks the GTV: MOC 6.7.1, rules O05 to O08, O10, O11, Q13 and Q14."""
    doc = _conteudo(f)
    if doc.tp_serv not in ("", "7"):
        yield Negativa("889", "O CT-e OS não é do tipo de serviço transporte de valores.")
    if doc.com_gtve:
        yield Negativa("890", "O CT-e OS já relaciona GTV-e: o evento de GTV não é permitido.")
    todas = [_identidade(g) for g in _lista(v, "gtvs")]
    yield from (_repetida("618", par, "neste evento") for par, n in Counter(todas).items() if n > 1)
    outras = {_identidade(g) for e in f.em_vigor(GTV) for g in _lista(e.valores, "gtvs")}
    yield from (_repetida("619", par, "em outro evento deste documento") for par in todas if par in outras)
    for i, uma in enumerate(_lista(v, "gtvs"), 1):
        yield from _partes_da_gtv(uma, f"gtvs[{i}].")


def _repetida(codigo: str, par: tuple[str, str], onde: str) -> Negativa:
    return Negativa(codigo, f"gtvs: a GTV {par[0]}, identificador {par[1]}, já foi informada {onde}.")


def _identidade(gtv_: Valores) -> tuple[str, str]:
    return str(gtv_.get("numero", "")), str(gtv_.get("identificador", ""))


_DV = (
    ("rem_cnpj", "415", cnpj_valido), ("rem_cpf", "416", cpf_valido),
    ("dest_cnpj", "208", cnpj_valido), ("dest_cpf", "237", cpf_valido),
)  # fmt: skip


def _partes_da_gtv(uma: Valores, onde: str) -> Iterator[Negativa]:
    for nome, codigo, valido in _DV:
        numero = str(uma.get(nome, ""))
        exterior = uma.get(nome.replace("_cnpj", "_uf")) == "EX" and numero == "0" * 14
        if numero and not valido(numero) and not exterior:
            yield Negativa(codigo, f"{onde}{nome}: {numero} não é válido.")


def _entre_emissao_e_agora(v: Valores, f: Fatos, nome: str, codigo: str) -> Iterator[Negativa]:
    try:
        quando = datetime.fromisoformat(str(v.get(nome)))
    except ValueError:
        return  # absent, or one of the odd instants that the schema's pattern lets through
    if quando.tzinfo is None:
        return
    emissao = _conteudo(f).emitido_em
    if quando > f.agora:
        yield Negativa(codigo, f"{nome}: {v[nome]} está no futuro.")
    elif emissao is not None and quando < emissao:
        emitido = emissao.astimezone(quando.tzinfo).isoformat()
        yield Negativa(codigo, f"{nome}: {v[nome]} é anterior à emissão do documento ({emitido}).")


def _notas(notas: list[str], doc: Conteudo, codigos: tuple[str, str, str]) -> Iterator[Negativa]:
    """Checks that the keys are valid, not repeated, and among the document's."""
    invalida, repetida, alheia = codigos
    for nota, vezes in Counter(notas).items():
        if not chave_valida(nota) or partes(nota).modelo != "55":
            yield Negativa(invalida, f"notas: {nota} não é chave de NF-e válida.")
        elif doc.tp_serv and nota not in doc.notas:
            yield Negativa(alheia, f"notas: a NF-e {nota} não está no documento.")
        if vezes > 1:
            yield Negativa(repetida, f"notas: a NF-e {nota} veio {vezes} vezes.")


def _conteudo(f: Fatos) -> Conteudo:
    return f.documento.conteudo if f.documento is not None else Conteudo()


def _lista(v: Valores, nome: str) -> list[Valores]:
    lista = v.get(nome, [])
    return lista if isinstance(lista, list) else []
