"""Signs in the service's own process what the workers could not: documents of companies with an A3 token."""

from collections.abc import Callable, Mapping

from separador.capacidades.certificados.leitura.token import AssinanteDoToken
from separador.capacidades.certificados.servico.tokens import tokens_de
from separador.fiscal.assinatura import Assinador
from separador.fiscal.preparo import SemCertificado, assinador_de
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Item
from separador.motor.entrada.completado import Completado
from separador.motor.trabalho.etapas import trabalhar
from separador.motor.trabalho.leitura import Recursos
from separador.motor.trabalho.parecer import ArquivoATratar, Parecer

PRAZO_S = 10.0
"""After this time the rest of the group waits for the next turn, so that the watchdog is fed and orders are heard.

A token takes tenths of a second per signature.
"""


def completar(
    contexto: Contexto, itens: list[Item], pareceres: list[Parecer], arquivo: Callable[[Item], ArquivoATratar]
) -> Completado:
    """Prepares again, with the token, every document that only lacked a signer. The others stay as they were."""
    feito = Completado()
    assinadores = tokens_de(contexto).assinadores(contexto.agora()) if tokens_de(contexto).empresas() else {}
    limite_s = contexto.relogio.monotonico() + PRAZO_S
    assinou = False  # at least one is signed per turn, however slow the token is
    for item, parecer in zip(itens, pareceres, strict=True):
        if not _pelo_token(parecer, assinadores):
            feito.itens.append(item)
            feito.pareceres.append(parecer)
        elif assinou and contexto.relogio.monotonico() > limite_s:
            feito.adiados.append(item)
        else:
            assinou = True
            feito.itens.append(item)
            feito.pareceres.append(_preparar(contexto, arquivo(item), parecer, assinadores))
    return feito


def _pelo_token(parecer: Parecer, assinadores: Mapping[str, Assinador]) -> bool:
    c = parecer.conteudo
    return isinstance(c, SemCertificado) and assinador_de(c.cnpj, assinadores) is not None


def _preparar(
    contexto: Contexto, arquivo: ArquivoATratar, antes: Parecer, assinadores: Mapping[str, Assinador]
) -> Parecer:
    """Returns the document prepared with the token. When the token fails, it waits as if there were no certificate."""
    recursos = Recursos(contexto.config.ambiente.tp_amb, assinadores, contexto.inclusoes, contexto.equipamento)
    depois = trabalhar(recursos, contexto.agora(), [arquivo])[0]
    caiu = any(isinstance(a.certificado, AssinanteDoToken) and a.certificado.falha for a in assinadores.values())
    return antes if caiu else depois
