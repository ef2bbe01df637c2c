"""Says of each company why it was or was not asked about, for `ecac empresas` and at the end of `ecac importar`."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from separador.banco.instante import texto_de
from separador.capacidades.ecac.banco import empresas as tabela
from separador.capacidades.ecac.banco import leitura as consultas
from separador.capacidades.ecac.dominio.autoria import Autoria
from separador.capacidades.ecac.dominio.consulta import Consulta
from separador.capacidades.ecac.servico import autoria
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.cli.base.leitura import hora_local
from separador.configuracao import Configuracao, Empresa
from separador.configuracao.uso_do_ecac import Modo

_DO_MODO = {
    Modo.MANUAL: (Consulta.MANUAL, "por código de acesso: solte os PDFs na pasta da regra ecac-comprovantes"),
    Modo.SOB_DEMANDA: (Consulta.SOB_DEMANDA, "é consultada por ordem: separador ecac importar --a3"),
}


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
    estados = _estados(banco)
    return [_de_agora(e, _autoria(config, banco, e, agora), estados.get(e.cnpj), agora) for e in empresas]


def da_importacao(
    config: Configuracao,
    banco: sqlite3.Connection | None,
    empresas: Sequence[Empresa],
    agora: datetime,
    *,
    desde: int | None,
    parou: str,
) -> list[Situacao]:
    """Returns what an import came to with these companies. `desde`: its first run, None: it never began; `parou`: what
    it answered, for the companies that it did not come to."""
    estados = _estados(banco)
    achadas = []
    for e in empresas:
        estado, quem = estados.get(e.cnpj), _autoria(config, banco, e, agora)
        feita = estado if estado is not None and _desta(estado, desde) else None
        parada = _parada(e, hoje(agora))
        if parada is None and feita is None and e.ecac.modo is Modo.AUTOMATICO:
            parada = (Consulta.NAO_CHEGOU, parou)
        achadas.append(_da_importacao(e, quem, feita, parada))
    return achadas


def _desta(estado: sqlite3.Row, desde: int | None) -> bool:
    """Says whether what is stored of a company came of an import whose first run is `desde`."""
    return desde is not None and estado["situacao_importacao"] is not None and estado["situacao_importacao"] >= desde


def _estados(banco: sqlite3.Connection | None) -> dict[str, sqlite3.Row]:
    return {} if banco is None or consultas.falta(banco) else tabela.todas(banco)


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
        return Consulta.INICIO_FUTURO, f"começa a ser consultada em {e.ecac.inicio:%d/%m/%Y}"
    return None


def _da_importacao(
    e: Empresa, quem: Autoria, feita: sqlite3.Row | None, parada: tuple[Consulta, str] | None
) -> Situacao:
    if parada is not None:
        return Situacao(e, quem, *parada)
    if feita is None:
        return Situacao(e, quem, *_DO_MODO[Modo.SOB_DEMANDA])
    return _guardada(e, quem, feita)


def _guardada(e: Empresa, quem: Autoria, estado: sqlite3.Row) -> Situacao:
    consulta, detalhe = Consulta(estado["situacao"]), str(estado["situacao_detalhe"])
    if consulta is Consulta.BLOQUEADA and estado["negada_ate"] is not None:
        detalhe = f"{detalhe}; será consultada de novo depois de {hora_local(estado['negada_ate'])}"
    return Situacao(e, quem, consulta, detalhe, estado["situacao_em"])


def _de_agora(e: Empresa, quem: Autoria, estado: sqlite3.Row | None, agora: datetime) -> Situacao:
    parada = _parada(e, hoje(agora))
    if parada is not None:
        return Situacao(e, quem, *parada)
    if quem.autor is None:
        return Situacao(e, quem, Consulta.SEM_ACESSO, quem.recusa or "sem acesso")
    negada_ate = estado["negada_ate"] if estado is not None else None
    if estado is not None and negada_ate is not None and negada_ate > texto_de(agora):
        detalhe = f"{estado['negada_por']}; será consultada de novo depois de {hora_local(negada_ate)}"
        return Situacao(e, quem, Consulta.BLOQUEADA, detalhe)
    if estado is not None and estado["situacao"] not in (None, Consulta.SEM_ACESSO, Consulta.BLOQUEADA):
        return _guardada(e, quem, estado)
    if e.ecac.modo is Modo.SOB_DEMANDA:
        return Situacao(e, quem, *_DO_MODO[Modo.SOB_DEMANDA])
    return Situacao(e, quem, Consulta.ESPERA, "nada impede a consulta")
