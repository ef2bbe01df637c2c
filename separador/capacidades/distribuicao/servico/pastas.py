"""Names the folder where documents of third parties are filed, for its readers and for the rooms below."""

from pathlib import Path

from separador.configuracao import Configuracao
from separador.configuracao.tipos import DESTINO_DISTRIBUICAO
from separador.motor.contexto import Contexto
from separador.nucleo.capacidade import PastaDaSecao


def destino(contexto: Contexto) -> Path:
    """Returns the folder where documents are filed, by AAAA-MM.

    It is the default place while the key is not configured, because an order may still ask.
    """
    config = contexto.config.sefaz.distribuicao
    return config.destino if config is not None else contexto.config.raiz / DESTINO_DISTRIBUICAO


def destinos(contexto: Contexto) -> list[Path]:
    """Returns the folders below which documents may be staged, for the recovery at start."""
    return [destino(contexto)]


def da_secao(config: Configuracao) -> list[PastaDaSecao]:
    """Returns the folder that the section `sefaz.distribuicao` names."""
    secao = config.sefaz.distribuicao
    return [PastaDaSecao(secao.destino, "distribuicao", "Distribuição")] if secao is not None else []
