"""Plugs in the notices and the codes of passwords by e-mail: their steps of the loop, the order, their codes."""

from separador.nucleo.capacidade import Capacidade, Fase, Passo

CAPACIDADE = Capacidade(
    nome="avisos",
    passos=(
        Passo("separador.capacidades.avisos.servico:Avisos", Fase.CADA_30S, 40, fim=50),
        Passo("separador.capacidades.avisos.servico:Avisos", Fase.DEPOIS_DOS_PEDIDOS, 70, metodo="vencer"),
        Passo("separador.capacidades.avisos.codigos:CodigosPorEmail", Fase.DEPOIS_DOS_PEDIDOS, 80, fim=55),
    ),
    pedidos={"senha": "separador.capacidades.avisos.codigos:do_pedido"},
    pedidos_livres=("senha",),
    falhas="separador.capacidades.avisos.falhas:TEXTOS",
    copia=("aviso_validade",),
)
