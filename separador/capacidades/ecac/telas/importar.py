"""The pages that ask for an import now, by itself or by a token A3 whose PIN goes to the service and nowhere else."""

from separador.acesso.banco import auditoria
from separador.banco.instante import texto_de
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.vista.importar import (
    PEDIDO,
    SEM_A_CHAVE,
    TERMO,
    a3,
    dados_da_ordem,
    escolher,
    por_que_sem_a3,
)
from separador.painel.base import ordens
from separador.painel.base.escolhas import cnpj, empresas
from separador.painel.base.resposta import ACHADA, CONFLITO, RECUSADA, Pagina, Resposta
from separador.painel.base.servico import DESLIGADO, estado
from separador.painel.base.visita import Visita
from separador.pedidos.entrega import entregar
from separador.pedidos.ordens import NovoPedido
from separador.pedidos.saida import Saida

CENTRAL = "/ecac"
_ESCOLHAS = 500
"""Companies that the choice offers. A token is in one machine: there are few."""
_LIGAR = (
    "Ligue o serviço (INICIAR SERVIÇO, na primeira página) e repita: é ele que usa o token. Sem ele, há o comando"
    " separador ecac importar --a3. Nada foi importado."
)


def importar(v: Visita) -> Resposta:
    """Says what is asked for, and records the order."""
    empresa = cnpj((v.campos if v.enviada else v.consulta).um("empresa"))
    escolhidas = escolher(v.configuracao, empresa or None, hoje(v.agora), a3=False)
    aviso = SEM_A_CHAVE if v.configuracao.ecac is None else escolhidas if isinstance(escolhidas, str) else None
    if aviso is None and v.enviada:
        return ordens.dar(v, [NovoPedido(PEDIDO, empresa or "*", dados_da_ordem(a3=False))], CENTRAL)
    como = ACHADA if aviso is None else RECUSADA if empresa else CONFLITO
    valores = {
        "empresas": empresas(v, empresa),
        "empresa": empresa,
        "quantas": len(escolhidas),
        "pode": aviso is None or bool(empresa),
        "volta": v.volta(CENTRAL),
    }
    return Pagina("ecac/importar.html", "Importar agora", valores, como, (aviso,) if aviso is not None else ())


def importar_a3(v: Visita) -> Resposta:
    """Asks for the PIN of the token of one company, has the termo of today signed, and records the order."""
    de_token = a3(v.configuracao)
    empresa = cnpj((v.campos if v.enviada else v.consulta).um("empresa"))
    impede = _sem_token(v) if not de_token else None
    if impede is not None or not v.enviada:
        unica = de_token[0].cnpj if len(de_token) == 1 else ""
        aviso = impede or (_LIGAR if estado(v) == DESLIGADO else None)
        return _formulario(v, empresa or unica, CONFLITO if impede is not None else ACHADA, aviso)
    escolhidas = escolher(v.configuracao, empresa, hoje(v.agora), a3=True) if empresa else "Escolha a Empresa."
    if isinstance(escolhidas, str):
        return _formulario(v, empresa, RECUSADA, escolhidas)
    pin = v.campos.um("pin")
    if not pin:
        return _formulario(v, empresa, RECUSADA, "Digite o PIN do token.")
    feito = entregar(v.dados, TERMO, {"empresa": empresa, "pin": pin})
    if feito is None:
        return _formulario(v, empresa, CONFLITO, _LIGAR)
    if feito.codigo != Saida.FEITO:
        frase = " ".join(feito.frases)
        with v.escrevendo() as banco, banco.transacao():
            auditoria.registrar(
                banco, texto_de(v.agora), v.quem, "painel", v.tela.muda or "", resultado=auditoria.RECUSADO,
                detalhe=f"{empresa}; {frase}",
            )  # fmt: skip
        return _formulario(v, empresa, CONFLITO if feito.codigo == Saida.SEM_SERVICO else RECUSADA, frase)
    return ordens.dar(v, [NovoPedido(PEDIDO, empresa, dados_da_ordem(a3=True))], CENTRAL)


def _sem_token(v: Visita) -> str:
    if v.configuracao.ecac is None:
        return SEM_A_CHAVE
    nenhuma = escolher(v.configuracao, None, hoje(v.agora), a3=True)
    return por_que_sem_a3(v.configuracao) or str(nenhuma)


def _formulario(v: Visita, empresa: str, como: int, aviso: str | None) -> Pagina:
    valores = {
        "empresas": [(e.cnpj, f"{e.nome} ({e.cnpj})") for e in a3(v.configuracao)[:_ESCOLHAS]],
        "empresa": empresa,
        "volta": v.volta(CENTRAL),
    }
    avisos = (aviso,) if aviso is not None else ()
    return Pagina("ecac/importar-a3.html", "Importar pelo certificado A3", valores, como, avisos)
