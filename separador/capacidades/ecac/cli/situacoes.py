"""Says of each company why it was or was not asked about, for `ecac empresas` and at the end of `ecac importar`."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from separador.banco.instante import texto_de
from separador.capacidades.certificados.banco import instalado_desde
from separador.capacidades.ecac.banco import empresas as tabela
from separador.capacidades.ecac.banco import leitura as consultas
from separador.capacidades.ecac.dominio.autoria import Autoria
from separador.capacidades.ecac.dominio.consulta import Consulta
from separador.capacidades.ecac.servico import autoria
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.pagamentos import negada
from separador.cli.base.leitura import hora_local
from separador.configuracao import Configuracao, Empresa
from separador.configuracao.uso_do_ecac import Modo
from separador.nucleo import fuso

_DO_MODO = {
    Modo.MANUAL: (Consulta.MANUAL, "por código de acesso: solte os PDFs na pasta da regra ecac-comprovantes"),
    Modo.SOB_DEMANDA: (Consulta.SOB_DEMANDA, "é consultada por ordem: separador ecac importar --a3"),
}


Estado = Mapping[str, Any]
_NOVOS = ("negada_autor", "situacao", "situacao_detalhe", "situacao_em", "situacao_importacao", "situacao_autor")
"""Fields of m0012. A reading command does not migrate, and may find a database from before."""


@dataclass(frozen=True, slots=True)
class Situacao:
    """A company and what came of it. `quando`: of a stored result."""

    empresa: Empresa
    autoria: Autoria
    consulta: Consulta
    detalhe: str
    quando: str | None = None

    def em_dicionario(self) -> dict[str, Any]:
        """Returns the fields that `--json` shows."""
        a = self.autoria
        return {
            "cnpj": self.empresa.cnpj,
            "nome": self.empresa.nome,
            "situacao": self.consulta.value,
            "falhou": self.consulta.falhou,
            "detalhe": self.detalhe,
            "situacao_em": self.quando,
            "autor": a.autor,
            "por": a.por,
            "por_ate": texto_de(a.ate) if a.ate is not None else None,
            "aviso_do_acesso": a.aviso,
        }


def de_agora(
    config: Configuracao, banco: sqlite3.Connection | None, empresas: Sequence[Empresa], agora: datetime
) -> list[Situacao]:
    """Returns what stands in the way of the next import of these companies, or else what the last one came to."""
    de_cada = estados(banco)
    achadas = []
    for e in empresas:
        estado, quem = de_cada.get(e.cnpj), _autoria(config, banco, e, agora)
        achadas.append(_de_agora(e, quem, estado if _ainda_vale(banco, estado, quem) else None, agora))
    return achadas


def da_importacao(
    config: Configuracao,
    banco: sqlite3.Connection | None,
    empresas: Sequence[Empresa],
    agora: datetime,
    *,
    desde: int | None,
    parou: str,
    modo: Modo = Modo.AUTOMATICO,
    depois: bool = False,
) -> list[Situacao]:
    """Returns what an import came to with these companies. `desde`: its first run, None: it never began; `parou`: what
    it answered, for the companies that it did not come to; `modo`: of the companies that it was for;
    `depois`: it is not over, so that they are still waited for."""
    de_cada = estados(banco)
    achadas = []
    for e in empresas:
        estado, quem = de_cada.get(e.cnpj), _autoria(config, banco, e, agora)
        feita = estado if estado is not None and _desta(estado, desde) else None
        parada = _parada(e, hoje(agora))
        if parada is None and feita is None and e.ecac.modo is modo:
            parada = (Consulta.ESPERA if depois else Consulta.NAO_CHEGOU, parou)
        achadas.append(_da_importacao(e, quem, feita, parada))
    return achadas


def _desta(estado: Estado, desde: int | None) -> bool:
    """Says whether what is stored of a company came of an import whose first run is `desde`."""
    return desde is not None and estado["situacao_importacao"] is not None and estado["situacao_importacao"] >= desde


def estados(banco: sqlite3.Connection | None) -> dict[str, Estado]:
    """Returns what is stored of each company; fields that an older database does not have yet are None."""
    if banco is None or consultas.falta(banco):
        return {}
    return {cnpj: dict.fromkeys(_NOVOS) | dict(linha) for cnpj, linha in tabela.todas(banco).items()}


def _ainda_vale(banco: sqlite3.Connection | None, estado: Estado | None, quem: Autoria) -> bool:
    """Says whether what is stored of a company still tells of its next import.

    That an author could not ask holds while that author would ask, and no certificate of his was installed since; that
    he was refused, while he would ask.
    """
    if banco is None or estado is None:
        return False
    if estado["situacao"] == Consulta.SEM_ACESSO:
        autor = estado["situacao_autor"]
        return autor is not None and autor == quem.autor and not instalado_desde(banco, autor, estado["situacao_em"])
    return True


def _autoria(config: Configuracao, banco: sqlite3.Connection | None, e: Empresa, agora: datetime) -> Autoria:
    contratante = config.ecac.contratante if config.ecac is not None else None
    if banco is None or consultas.falta(banco):
        return Autoria(e.ecac.procurador or e.cnpj, "")
    return autoria.de(banco, e, contratante, agora)


def _parada(e: Empresa, dia: date) -> tuple[Consulta, str] | None:
    """Returns what the configuration says against asking about the company on a day."""
    if e.ecac.recusa is not None:
        return Consulta.RECUSADA, e.ecac.recusa
    if e.ecac.modo is Modo.MANUAL:
        return _DO_MODO[Modo.MANUAL]
    if e.ecac.comeca_depois_de(dia):
        return Consulta.INICIO_FUTURO, f"começa a ser consultada em {fuso.dia(e.ecac.inicio or dia)}"
    return None


def _da_importacao(e: Empresa, quem: Autoria, feita: Estado | None, parada: tuple[Consulta, str] | None) -> Situacao:
    if parada is not None:
        return Situacao(e, quem, *parada)
    if feita is None:
        return Situacao(e, quem, *_DO_MODO[Modo.SOB_DEMANDA])
    return _guardada(e, quem, feita)


def _guardada(e: Empresa, quem: Autoria, estado: Estado) -> Situacao:
    consulta, detalhe = Consulta(estado["situacao"]), str(estado["situacao_detalhe"])
    if consulta is Consulta.BLOQUEADA and estado["negada_ate"] is not None:
        detalhe = _bloqueada(estado)
    return Situacao(e, quem, consulta, detalhe, estado["situacao_em"])


def _bloqueada(estado: Estado) -> str:
    autor = estado["negada_autor"]
    a_quem = f" (recusada a {autor})" if autor is not None else ""
    return f"{estado['negada_por']}{a_quem}; será consultada de novo depois de {hora_local(estado['negada_ate'])}"


def _de_agora(e: Empresa, quem: Autoria, estado: Estado | None, agora: datetime) -> Situacao:
    parada = _parada(e, hoje(agora))
    if parada is not None:
        return Situacao(e, quem, *parada)
    if quem.autor is None:
        return Situacao(e, quem, Consulta.SEM_ACESSO, quem.recusa or "sem acesso")
    if estado is not None and negada(estado, quem.autor, texto_de(agora)):
        return Situacao(e, quem, Consulta.BLOQUEADA, _bloqueada(estado))
    if estado is not None and estado["situacao"] not in (None, Consulta.BLOQUEADA):
        return _guardada(e, quem, estado)
    if e.ecac.modo is Modo.SOB_DEMANDA:
        return Situacao(e, quem, *_DO_MODO[Modo.SOB_DEMANDA])
    return Situacao(e, quem, Consulta.ESPERA, "nada impede a consulta")
