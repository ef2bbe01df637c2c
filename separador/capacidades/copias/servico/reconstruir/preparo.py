"""Gets ready what rebuilding needs of the service: the routes with their ids, the certificates in force."""

import logging
from collections.abc import Mapping
from typing import NoReturn

import structlog

from separador.banco.conexao import Banco
from separador.capacidades.certificados.servico import em_uso
from separador.capacidades.certificados.servico.carregados import Carregados
from separador.capacidades.copias.servico.reconstruir.obra import com_ids
from separador.capacidades.cte.servico import inclusoes
from separador.configuracao import Configuracao
from separador.motor.contexto import Contexto
from separador.motor.relogio import Relogio


def _calar(_logger: object, _metodo: str, _evento: object) -> NoReturn:
    """Drops every line of the log: what is worth telling, the command tells."""
    raise structlog.DropEvent


def contexto_de(config: Configuracao, banco: Banco, relogio: Relogio, ambiente: Mapping[str, str]) -> Contexto:
    """Returns the surroundings of the service without its loop. Raises sqlite3.Error, OSError."""
    nivel = structlog.make_filtering_bound_logger(logging.CRITICAL)
    log = structlog.wrap_logger(structlog.ReturnLogger(), wrapper_class=nivel, processors=[_calar])
    contexto = Contexto(config, banco, relogio, log)
    contexto.rotas = com_ids(config, banco)
    carregados = Carregados(ao_lado=False, acordar=lambda: None)
    em_uso.rever(contexto, ambiente, carregados)
    carregados.primeiros(len(config.empresas))
    em_uso.mostrar(contexto, carregados)
    inclusoes.atualizar(contexto, ambiente)
    return contexto
