"""Decides how a company uses the e-CAC: contracted services, kind of access, and what follows from them.

It is pure: the configuration fills it in, the service and the commands ask it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from separador.nucleo import fuso


class AcessoEcac(StrEnum):
    """The kind of access to the company's data (`Tipo de Acesso`)."""

    A1 = "certificado A1"
    A3 = "certificado A3"
    CODIGO = "código de acesso"


class ServicoContratado(StrEnum):
    """The services that the company may contract."""

    ECAC = "e-CAC"
    DESACORDO = "desacordo"


@dataclass(frozen=True, slots=True)
class Servico:
    """What a company that did not contract a service does not get. `eventos`: tpEvento that need it."""

    sem_ele: str
    eventos: frozenset[str] = frozenset()


SERVICOS = {
    ServicoContratado.ECAC: Servico("ela não é consultada"),
    ServicoContratado.DESACORDO: Servico("o evento não é registrado", frozenset({"610110", "610111"})),
}


class Implantacao(StrEnum):
    """The place where this installation runs. A token can only be plugged in beside the person who owns it."""

    LOCAL = "local"
    NUVEM = "nuvem"


class Modo(StrEnum):
    """The ways in which the company's payments come in."""

    NAO_UTILIZA = "não utiliza"
    AUTOMATICO = "automático"
    SOB_DEMANDA = "sob demanda (A3)"
    MANUAL = "importação manual"
    RECUSADO = "recusado"


@dataclass(frozen=True, slots=True)
class Utilizacao:
    """The e-CAC of one company. `inicio`: payments since this day are looked for; compulsory once `utiliza`.

    `procurador`: CPF or CNPJ of the person or company that acts with its own certificate (`Certificado é procuração
    digital`). None: the company's own certificate.
    """

    utiliza: bool = False
    inicio: date | None = None
    acesso: AcessoEcac = AcessoEcac.A1
    procurador: str | None = None
    servicos: tuple[ServicoContratado, ...] = (ServicoContratado.ECAC, ServicoContratado.DESACORDO)
    implantacao: Implantacao = Implantacao.LOCAL

    def falta(self, servico: ServicoContratado) -> str | None:
        """Returns why what needs a service is refused for the company, in Portuguese. None: it is contracted."""
        if servico in self.servicos:
            return None
        return (
            f"o serviço {servico} não está contratado para esta empresa; {SERVICOS[servico].sem_ele}. Contrate-o e"
            f' inclua "{servico}" em servicos'
        )

    def recusa_do_evento(self, tp_evento: str) -> str | None:
        """Returns why an event of this kind is refused for the company. None: no service stands in its way."""
        dele = (s for s, o_que in SERVICOS.items() if tp_evento in o_que.eventos)
        return next((falta for s in dele if (falta := self.falta(s)) is not None), None)

    @property
    def recusa(self) -> str | None:
        """Returns why the use cannot be as it was configured, in Portuguese. None: it can."""
        if not self.utiliza:
            return None
        if (falta := self.falta(ServicoContratado.ECAC)) is not None:
            return f"{falta}, ou desmarque utiliza"
        if self.acesso is AcessoEcac.A3 and self.implantacao is Implantacao.NUVEM:
            return (
                "certificado A3 não funciona com implantacao: nuvem, pois o token precisa estar ligado na máquina do"
                " separador. Use um certificado A1, ou uma instalação local"
            )
        return None

    @property
    def aviso(self) -> str | None:
        """Returns what a person who configures this has to know, though nothing is wrong."""
        if not self.utiliza or self.acesso is not AcessoEcac.CODIGO:
            return None
        return (
            "a API oficial não aceita código de acesso: a empresa fica em importação manual. Salve os comprovantes em"
            " PDF no portal e-CAC e solte-os na pasta da regra ecac-comprovantes: eles são arquivados e baixam guias."
            " Para importar sozinho, use um certificado A1, ou dê procuração eletrônica (00004) a quem tem um"
        )

    def comeca_depois_de(self, dia: date) -> bool:
        """Says whether the company is not asked about yet on a day, because its start date is later."""
        return self.utiliza and self.inicio is not None and self.inicio > dia

    def cedo_demais(self, dia: date) -> str | None:
        """Returns why the company is not asked about yet on a day, in Portuguese. None: its start date has come."""
        if self.inicio is None or not self.comeca_depois_de(dia):
            return None
        return (
            f"a data de início está no futuro: a empresa só será consultada a partir de {fuso.dia(self.inicio)}."
            " Escreva em inicio a data desde a qual os pagamentos são procurados"
        )

    @property
    def modo(self) -> Modo:
        """Returns how the payments come in."""
        if not self.utiliza:
            return Modo.NAO_UTILIZA
        if self.recusa is not None:
            return Modo.RECUSADO
        return _MODOS[self.acesso]


_MODOS = {AcessoEcac.A1: Modo.AUTOMATICO, AcessoEcac.A3: Modo.SOB_DEMANDA, AcessoEcac.CODIGO: Modo.MANUAL}

NAO_UTILIZA = Utilizacao()
"""The use of a company without the key `ecac`."""
