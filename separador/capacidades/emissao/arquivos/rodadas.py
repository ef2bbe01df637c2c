"""Does what one round does with a load: judges it, judges what of it is built anew, or signs what has numbers."""

from collections.abc import Iterator

from separador.capacidades.emissao.arquivos import leitura, refeitura
from separador.capacidades.emissao.dominio.refeitos import ARefazer, PedeRefazer
from separador.capacidades.emissao.dominio.valores import (
    EQUIPAMENTO,
    AAssinar,
    Complementos,
    EmJulgamento,
    Equipamento,
    SemCadastros,
)  # fmt: skip
from separador.fiscal.preparo import ContextoPreparo
from separador.motor.trabalho.etapas import FATIA
from separador.motor.trabalho.parecer import ArquivoATratar


def carga(arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> object:
    """Reads one load, or signs the documents that a round brings."""
    material = arquivo.material
    if isinstance(material, AAssinar):
        return leitura.assinar(material, contexto)
    if isinstance(material, EmJulgamento):
        return material.adiante()
    equipamento = contexto.equipamento.get(EQUIPAMENTO)
    if not isinstance(equipamento, Equipamento) or equipamento.cadastros is None:
        return SemCadastros()
    if isinstance(material, ARefazer):
        return _em_partes(refeitura.refazendo(arquivo.nome, dados, material, contexto, equipamento), contexto)
    if material is None and (pedida := _pede_refazer(arquivo.nome, dados)) is not None:
        return pedida
    complementos = material if isinstance(material, Complementos) else None
    return _em_partes(leitura.julgando(arquivo.nome, dados, contexto, equipamento, complementos), contexto)


def _em_partes(partes: Iterator[object], contexto: ContextoPreparo) -> object:
    """Returns the end of it; only the first part where other files wait for this thread."""
    if contexto.aos_poucos:
        return EmJulgamento(partes, FATIA).adiante()
    return next(p for p in partes if p is not None)


def _pede_refazer(nome: bytes, dados: bytes) -> PedeRefazer | None:
    """Returns the load that says `refazer`, and can be read."""
    if b"refazer" not in dados:
        return None
    no, lida = leitura.ler(nome, dados)
    pede = no is not None and not lida.erros and no.sim("refazer")
    return PedeRefazer(no.texto("carga")) if no is not None and pede else None
