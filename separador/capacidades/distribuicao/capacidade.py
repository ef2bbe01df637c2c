"""Plugs in the distribution: its order, its step, its calls, the folder of what it files, its part of a trail."""

from separador.nucleo.capacidade import Capacidade, Fase, Passo, Recuperacao

_SERVICO = "separador.capacidades.distribuicao.servico"

CAPACIDADE = Capacidade(
    nome="distribuicao",
    pedidos={"distribuir": f"{_SERVICO}.agenda:do_pedido"},
    passos=(Passo(f"{_SERVICO}.agenda:Distribuicao", Fase.DEPOIS_DOS_PEDIDOS, 50),),
    chamadas={"distribuicao": f"{_SERVICO}.respostas:LOTES", "nsu": f"{_SERVICO}.respostas:FALTAS"},
    retiradas={"distribuido": f"{_SERVICO}.retirados:distribuido"},
    recuperacao=Recuperacao(pastas=f"{_SERVICO}.pastas:destinos"),
    rastro="separador.capacidades.distribuicao.banco.rastro:da_chave",
    falhas="separador.capacidades.distribuicao.falhas:TEXTOS",
    pastas=f"{_SERVICO}.pastas:da_secao",
    unicas=("distribuido",),
    perdas={"distribuido": ("documento distribuído", "documentos distribuídos")},
)
