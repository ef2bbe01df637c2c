"""Makes the e-CAC part of `separador demo`: the data of the local SERPRO, the guides, and their expected outcomes.

It is a table of data. There are three companies: the issuer (which has the contract), a client with procuração, and one
without.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from separador.capacidades.ecac.dominio.guia import Estado
from separador.capacidades.ecac.dominio.ocorrencia import Especie
from separador.demonstracao.arquivos_e_desfechos import Papel
from separador.demonstracao.empresas import EMITENTE, OUTRA_TRANSPORTADORA, TOMADOR_PR
from separador.nucleo.chave import dv11
from separador.nucleo.etapa import Desfecho
from separador.nucleo.fuso import BRASILIA
from separador.simulador.serpro import pdfs
from separador.simulador.serpro.cenario import Documento, Parte

GUIAS, COMPROVANTES, RECIBOS = "inbox/guias", "inbox/comprovantes", "outbox/ecac"
CHAVE, SEGREDO = "chave-de-mentira", "segredo-de-mentira"
CLIENTE, SEM_PROCURACAO = OUTRA_TRANSPORTADORA, TOMADOR_PR
_SIGLA = {"04": "DARF", "09": "DAS"}
_TRIBUTOS = (("1001", "IRPJ"), ("1004", "COFINS"), ("1005", "PIS"), ("1006", "INSS"), ("1010", "ISS"))


@dataclass(frozen=True, slots=True)
class ParteEcac:
    """The e-CAC part. `cenario`: for the local SERPRO (JSON is YAML).

    `estados`: state of each guide, by number. `comprovantes`: files.
    """

    cenario: dict[str, Any]
    papeis: tuple[Papel, ...]
    estados: dict[str, Estado]
    comprovantes: tuple[str, ...]
    ocorrencias: dict[Especie, int]


def montar(agora: datetime) -> ParteEcac:
    """Makes the e-CAC part. The same time gives the same guides."""
    hoje = agora.astimezone(BRASILIA).date()
    pago = hoje - timedelta(days=2)
    a = _darf(EMITENTE.cnpj, 1, hoje, "0561", "IRRF - Rendimentos do trabalho assalariado", "1250.00", pago)
    b = _das(EMITENTE.cnpj, 2, hoje, pago)
    aberto = _darf(EMITENTE.cnpj, 3, hoje, "8109", "PIS - Faturamento", "380.90", None)
    sem_guia = _darf(EMITENTE.cnpj, 4, hoje, "2172", "COFINS", "1758.00", pago)
    divergente = _das(CLIENTE.cnpj, 5, hoje, pago)
    a_mao = _darf(CLIENTE.cnpj, 6, hoje, "2089", "IRPJ - Lucro Presumido", "2400.00", pago)
    negado = _darf(SEM_PROCURACAO.cnpj, 7, hoje, "2372", "CSLL - Lucro Presumido", "1080.00", pago)
    baixadas = (a, b, divergente, a_mao)
    na_planilha = (a, aberto, _mais_caro(divergente), a_mao, negado)
    return ParteEcac(
        cenario=_cenario((*baixadas, aberto, sem_guia, negado)),
        papeis=(
            _papel("guias-do-mes.csv", GUIAS, _csv(na_planilha), "cinco guias numa planilha", "guias-do-mes-ret.json"),
            _papel(
                "guia-do-das.pdf", GUIAS, pdfs.guia(b, EMITENTE.nome, hoje), "a guia de um DAS, em PDF",
                "guia-do-das-ret.json",
            ),
            _papel(
                "comprovante-salvo.pdf", COMPROVANTES, pdfs.comprovante(a_mao, CLIENTE.nome),
                "comprovante salvo à mão no portal", _comprovante(a_mao),
            ),
        ),
        estados={
            **{d.numero: Estado.PAGA for d in baixadas},
            aberto.numero: Estado.CONSULTADA,
            negado.numero: Estado.ABERTA,
        },
        comprovantes=tuple(_comprovante(d) for d in baixadas),
        ocorrencias={Especie.PAGO_SEM_GUIA: 1, Especie.VALOR_DIVERGENTE: 1, Especie.SEM_PROCURACAO: 1},
    )  # fmt: skip


def uma_guia(agora: datetime, ni: str) -> bytes:
    """Returns a spreadsheet with one DARF of a company, as it would be dropped."""
    numero = int(agora.timestamp()) % 9_999_999 + 1
    return _csv((_darf(ni, numero, agora.astimezone(BRASILIA).date(), "0561", "IRRF", "1250.00", None),))


def _papel(nome: str, pasta: str, dados: bytes, fala: str, onde: str) -> Papel:
    caminho = onde if onde.startswith(RECIBOS) else f"outbox/guias/{onde}"
    return Papel(nome, pasta, dados, fala, Desfecho.ENTREGUE, caminho)


def _comprovante(d: Documento) -> str:
    dia = d.arrecadacao or d.vencimento
    return f"{RECIBOS}/{d.ni}/{dia:%Y/%m}/{_SIGLA[d.tipo]}-{d.numero}.pdf"


# --- documents -------------------------------------------------------------------------------------------------------


def _numero(n: int, sistema: str, emitido: date) -> str:
    corpo = f"07{sistema}{emitido:%y}{emitido.timetuple().tm_yday:03d}{n:07d}"
    return f"{corpo}{dv11(corpo)}"


def _darf(ni: str, n: int, hoje: date, receita: str, nome: str, valor: str, pago: date | None) -> Documento:
    emitido = hoje - timedelta(days=20)
    fim_do_mes = hoje.replace(day=1) - timedelta(days=1)
    partes = (Parte(receita, nome, Decimal(valor)),)
    numero, vencimento = _numero(n, "16", emitido), hoje - timedelta(days=1)
    return Documento(ni, numero, "04", fim_do_mes, vencimento, partes, emitido, pago, pago)


def _das(ni: str, n: int, hoje: date, pago: date) -> Documento:
    emitido = hoje - timedelta(days=20)
    mes_passado = (hoje.replace(day=1) - timedelta(days=1)).replace(day=1)
    partes = tuple(Parte(codigo, nome, Decimal(100 + 10 * i)) for i, (codigo, nome) in enumerate(_TRIBUTOS))
    numero, vencimento = _numero(n, "20", emitido), hoje - timedelta(days=1)
    return Documento(ni, numero, "09", mes_passado, vencimento, partes, emitido, pago, pago)


def _mais_caro(d: Documento) -> Documento:
    """Returns the document with a higher amount, which the spreadsheet has by mistake."""
    primeira = replace(d.partes[0], principal=d.partes[0].principal + Decimal("50.00"))
    return replace(d, partes=(primeira, *d.partes[1:]))


def _csv(documentos: Iterable[Documento]) -> bytes:
    saida = io.StringIO()
    escritor = csv.writer(saida, delimiter=";", lineterminator="\r\n")
    escritor.writerow(("empresa", "tipo", "numero", "vencimento", "valor", "receita", "periodo"))
    for d in documentos:
        receita = d.partes[0].receita if d.tipo == "04" else ""
        valor = f"{d.total:.2f}".replace(".", ",")
        linha = (d.ni, _SIGLA[d.tipo], d.numero, f"{d.vencimento:%d/%m/%Y}", valor, receita, f"{d.periodo:%m/%Y}")
        escritor.writerow(linha)
    return saida.getvalue().encode("utf-8-sig")


def _cenario(documentos: Iterable[Documento]) -> dict[str, Any]:
    todos = tuple(documentos)
    return {
        "contratante": EMITENTE.cnpj,
        "chave": CHAVE,
        "segredo": SEGREDO,
        "contribuintes": [
            {
                "ni": empresa.cnpj,
                "nome": empresa.nome,
                "procuracoes": [{"ate": "2099-12-31"}] if empresa is CLIENTE else [],
                "documentos": [_objeto(d) for d in todos if d.ni == empresa.cnpj],
            }
            for empresa in (EMITENTE, CLIENTE, SEM_PROCURACAO)
        ],
        "falhas": [
            {"faz": "401", "servico": "PAGAMENTOS71", "vezes": 1},
            {"faz": "503", "servico": "COMPARRECADACAO72", "vezes": 1},
        ],
    }


def _objeto(d: Documento) -> dict[str, Any]:
    return {
        "numero": d.numero,
        "tipo": d.tipo,
        "periodo": d.periodo.isoformat(),
        "vencimento": d.vencimento.isoformat(),
        "emitido": d.emitido.isoformat(),
        **({"arrecadacao": d.arrecadacao.isoformat()} if d.arrecadacao else {}),
        "partes": [{"receita": p.receita, "descricao": p.descricao, "principal": str(p.principal)} for p in d.partes],
    }
