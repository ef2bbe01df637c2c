"""Makes bad exports: a table with one kind per line and the outcome that each must have.

Each is made by breaking a good one, so that nothing else is wrong in it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from separador.demonstracao import empresas as e
from separador.demonstracao.eventos import cancelamento
from separador.demonstracao.exportacoes import Exportacao, chave_cte, cte
from separador.demonstracao.pedacos_de_xml import NS, dh
from separador.demonstracao.variantes import PADRAO
from separador.nucleo.chave import dv11


class Desfecho(StrEnum):
    """The outcome that a bad file must have."""

    RECUSADO = "recusado"
    ESPERA = "espera"
    """Never taken; in the failures view after the limit."""
    SEM_CERTIFICADO = "sem certificado"
    """Good, but of a company that has no certificate here: it waits and is in the failures view."""


@dataclass(frozen=True, slots=True)
class Ruim:
    """A bad export. `codigos`: each must be among the errors reported (there may be more); main one first."""

    exportacao: Exportacao
    codigos: tuple[str, ...]
    desfecho: Desfecho = Desfecho.RECUSADO


@dataclass(frozen=True, slots=True)
class _Especie:
    fazer: Callable[[int, datetime, str], Exportacao]
    codigos: tuple[str, ...]
    desfecho: Desfecho = Desfecho.RECUSADO


def ruim(especie: str, numero: int, *, agora: datetime, tp_amb: str = "2") -> Ruim:
    """Returns one bad file of this kind (`ESPECIES`); deterministic, its number as in `exportacoes.cte`.

    `tp_amb` is the environment of the installation; only the kind `ambiente` is of the other one.
    """
    k = _CATALOGO[especie]
    return Ruim(k.fazer(numero, agora, tp_amb), k.codigos, k.desfecho)


def _trocado(*pares: tuple[str, str], variante: str = "padrao") -> Callable[[int, datetime, str], Exportacao]:
    """Returns a maker of a good document with each pattern replaced once.

    A pattern that is not there is a mistake of this module.
    """

    def fazer(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
        boa = cte(numero, agora=agora, tp_amb=tp_amb, variante=variante)
        texto = boa.dados.decode()
        for padrao, novo in pares:
            texto, vezes = re.subn(padrao, novo, texto, count=1)
            if not vezes:
                raise ValueError(f"padrão ausente no modelo: {padrao}")
        return replace(boa, dados=texto.encode())

    return fazer


def _dv_errado(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    """Makes a wrong check digit, the same in Id, cDV, QR code and name."""
    boa = cte(numero, agora=agora, tp_amb=tp_amb)
    chave = boa.chave[:43] + str((dv11(boa.chave[:43]) + 1) % 10)
    texto = boa.dados.decode().replace(boa.chave, chave)
    texto = re.sub(r"<cDV>\d", f"<cDV>{chave[43]}", texto, count=1)
    return Exportacao(f"{chave}-cte.xml".encode(), texto.encode(), chave)


def _outro_ambiente(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    return cte(numero, agora=agora, tp_amb="1" if tp_amb == "2" else "2")


def _outra_empresa(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    return cte(numero, agora=agora, tp_amb=tp_amb, emitente=e.OUTRA_TRANSPORTADORA)


def _latin1(declaracao: str) -> Callable[[int, datetime, str], Exportacao]:
    """Returns a maker of Latin-1 bytes, whatever the declaration says."""

    def fazer(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
        boa = cte(numero, agora=agora, tp_amb=tp_amb, variante="acentos")
        texto = boa.dados.decode().replace('encoding="UTF-8"', f'encoding="{declaracao}"', 1)
        return replace(boa, dados=texto.encode("latin-1"))

    return fazer


def _com_prefixo(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    boa = cte(numero, agora=agora, tp_amb=tp_amb)
    texto = re.sub(r"<(/?)(?=[A-Za-z])", r"<\1cte:", boa.dados.decode()).replace("xmlns=", "xmlns:cte=", 1)
    return replace(boa, dados=texto.encode())


def _cortado(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    boa = cte(numero, agora=agora, tp_amb=tp_amb)
    return replace(boa, dados=boa.dados[: len(boa.dados) * 2 // 3])


def _conteudo(dados: bytes, inicio: str) -> Callable[[int, datetime, str], Exportacao]:
    return lambda numero, *_: Exportacao(f"{inicio}-{numero:09d}-cte.xml".encode(), dados)


def _na_data(atraso: timedelta) -> Callable[[int, datetime, str], Exportacao]:
    return lambda numero, agora, tp_amb: cte(numero, agora=agora - atraso, tp_amb=tp_amb)


def _com_notas(quantas: int) -> Callable[[int, datetime, str], Exportacao]:
    return lambda numero, agora, tp_amb: cte(
        numero, agora=agora, tp_amb=tp_amb, variante=replace(PADRAO, notas=quantas)
    )


def _nota_repetida(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    boa = cte(numero, agora=agora, tp_amb=tp_amb)
    return replace(boa, dados=re.sub(rb"(<infNFe>.*?</infNFe>)", rb"\1\1", boa.dados, count=1))


def _contingencia(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    bloco = f"<dhCont>{dh(agora)}</dhCont><xJust>JUSTIFICATIVA QUE NAO CABE AQUI</xJust></ide>"
    return _trocado(("</ide>", bloco))(numero, agora, tp_amb)


def _evento_mal_escrito(numero: int, agora: datetime, tp_amb: str) -> Exportacao:
    """Makes a cancellation whose justification is under the 15 characters of the XSD."""
    chave = chave_cte(numero, agora=agora)
    return cancelamento(chave, "135260000000001", agora=agora, motivo="ERRO", tp_amb=tp_amb)


_REGRAS_VARIAS = (
    (r"<IE>110042490114</IE>", "<IE>110042490115</IE>"),
    (r"(<dest><CNPJ>\d{12})\d\d", r"\g<1>00"),
    (r"<CFOP>6353", "<CFOP>5353"),
    (r"<vICMS>[\d.]+", "<vICMS>1.00"),
    (r"(<cMunFim>)\d{7}", r"\g<1>3550308"),
)

_CATALOGO = MappingProxyType(
    {
        "esquema": _Especie(_trocado((r"<vRec>[\d.]+", "<vRec>12,50")), ("215",)),
        "esquema-varios": _Especie(
            _trocado(("<retira>1", "<retira>3"), ("<proPred>[^<]+", "<proPred>"), ("<modal>01", "<modal>99")), ("215",)
        ),
        "tag-desconhecida": _Especie(_trocado(("<compl>", "<forPag>0</forPag><compl>")), ("215",)),
        "modal": _Especie(_trocado((r"<RNTRC>\d+", "<RNTRC>12")), ("580",)),
        "regras": _Especie(_trocado(*_REGRAS_VARIAS), ("209", "208", "519", "675", "414")),
        "ie-emitente": _Especie(_trocado(_REGRAS_VARIAS[0]), ("209",)),
        "cnpj-destinatario": _Especie(_trocado(_REGRAS_VARIAS[1]), ("208",)),
        "cfop": _Especie(_trocado(_REGRAS_VARIAS[2]), ("519",)),
        "icms": _Especie(_trocado(_REGRAS_VARIAS[3]), ("675",)),
        "nome-em-homologacao": _Especie(_trocado((f"(<dest>.*?<xNome>){e.HOMOLOGACAO}", r"\1FULANO")), ("649",)),
        "nota-repetida": _Especie(_nota_repetida, ("527",)),
        "notas-demais": _Especie(_com_notas(2001), ("601",)),
        "contingencia": _Especie(_contingencia, ("586",)),
        "qr-de-outra-chave": _Especie(_trocado(("chCTe=35", "chCTe=33")), ("852",)),
        "atrasado": _Especie(_na_data(timedelta(days=8)), ("228",)),
        "no-futuro": _Especie(_na_data(timedelta(minutes=-30)), ("212",)),
        "ambiente": _Especie(_outro_ambiente, ("252",)),
        "dv": _Especie(_dv_errado, ("253",)),
        "prefixo": _Especie(_com_prefixo, ("404",)),
        "namespace": _Especie(
            _trocado(("<CTe xmlns", '<CTe xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns')), ("598",)
        ),
        "sem-namespace": _Especie(_trocado((f' xmlns="{NS}"', "")), ("598",)),
        "leiaute-antigo": _Especie(_trocado(('versao="4.00"', 'versao="3.00"')), ("239",)),
        "latin1": _Especie(_latin1("ISO-8859-1"), ("402",)),
        "latin1-calado": _Especie(_latin1("UTF-8"), ("402",)),
        "dtd": _Especie(
            _trocado((r"\?>", '?><!DOCTYPE CTe [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>')), ("SEP-XML-DTD",)
        ),
        "truncado": _Especie(_cortado, ("243",)),
        "nao-xml": _Especie(_conteudo(b"isto nao e um XML\r\n", "texto"), ("243",)),
        "outro-documento": _Especie(
            _conteudo(b'<NFe xmlns="http://www.portalfiscal.inf.br/nfe"></NFe>', "nfe"), ("SEP-XML-TIPO",)
        ),
        "evento-motivo-curto": _Especie(_evento_mal_escrito, ("630",)),
        "vazio": _Especie(_conteudo(b"", "vazio"), (), Desfecho.ESPERA),
        "empresa-desconhecida": _Especie(_outra_empresa, ("SEP-SEM-CERTIFICADO",), Desfecho.SEM_CERTIFICADO),
    }
)
ESPECIES = tuple(_CATALOGO)
RECUSADAS = tuple(k for k, v in _CATALOGO.items() if v.desfecho is Desfecho.RECUSADO)
