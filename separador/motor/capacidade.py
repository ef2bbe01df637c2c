"""Plugs in what the engine itself has: the plain rule, its orders and its own steps of the loop."""

from separador.nucleo.capacidade import Capacidade, Fase, Passo, Recuperacao, RegraDeRota

_PARTES = "separador.motor.partes_proprias"

CAPACIDADE = Capacidade(
    nome="motor",
    regras=(
        RegraDeRota(
            "mover",
            lugar=10,
            decidir="separador.motor.desfecho.mover:mover",
            limite=None,
            prazo_s=180.0,
            encena=True,
            mesmo_nome=True,
        ),
    ),
    pedidos={
        "dispensar": "separador.motor.desfecho.dispensa:do_pedido",
        "soltar": "separador.motor.entrada.soltos:do_pedido",
    },
    recuperacao=Recuperacao(poupa="separador.motor.entrada.soltos:poupa"),
    passos=(
        Passo(f"{_PARTES}:SinalDeVida", Fase.DEPOIS_DA_COLHEITA, 40),
        Passo("separador.motor.vigias:VigiaDaAuditoria", Fase.DEPOIS_DOS_PEDIDOS, 60),
        Passo("separador.motor.vigias:VigiaDoLog", Fase.CADA_30S, 75),
        Passo("separador.motor.vigias:VigiaDoBanco", Fase.CADA_HORA, 30),
        Passo("separador.motor.configuracao_boa:ConfiguracaoBoa", Fase.CADA_HORA, 40),
        Passo(f"{_PARTES}:Represados", Fase.DEPOIS_DOS_PEDIDOS, 20),
        Passo("separador.motor.entrada.soltos:Soltos", Fase.DEPOIS_DOS_PEDIDOS, 25),
        Passo("separador.motor.entrada.soltos:Soltos", Fase.CADA_HORA, 25, metodo="da_hora"),
        Passo(f"{_PARTES}:Retidos", Fase.DEPOIS_DOS_PEDIDOS, 40),
        Passo(f"{_PARTES}:Tomadas", Fase.CADA_30S, 3),
        Passo(f"{_PARTES}:Selo", Fase.CADA_30S, 20),
        Passo(f"{_PARTES}:DiarioDoBanco", Fase.CADA_30S, 70),
        Passo("separador.motor.soquete.parte:Soquete", Fase.CADA_30S, 80, fim=5),
        Passo(f"{_PARTES}:Retencao", Fase.CADA_HORA, 10),
        Passo(f"{_PARTES}:Esquecidos", Fase.CADA_HORA, 20),
    ),
    perdas={"arquivo": ("arquivo tomado", "arquivos tomados"), "tarefa": ("ordem", "ordens")},
)
