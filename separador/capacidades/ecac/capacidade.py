"""Plugs in the e-CAC: commands, the rules of guides and receipts, orders, its step of the loop."""

from separador.nucleo.capacidade import RECUSAS, Capacidade, Comando, Fase, Passo, Recuperacao, RegraDeRota

_LEITURA = "separador.capacidades.ecac.arquivos.leitura"
_SERVICO = "separador.capacidades.ecac.servico"
_OPERAR = (
    *("ecac importar", "ecac guias importar", "ecac guias gerar", "ecac guias comprovante"),
    *("ecac guias ligar", "ecac guias aprovar", "ecac guias recusar", "ecac guias reabrir", "ecac guias numerar"),
    "ecac ocorrencias dispensar",
)

CAPACIDADE = Capacidade(
    nome="ecac",
    comandos=(Comando("ecac", "separador.capacidades.ecac.cli.ecac:ecac", 130, com_a_ultima_boa=True),),
    direitos={
        "ler": (
            *("ecac empresas listar", "ecac custo", "ecac guias listar", "ecac guias ver", "ecac guias localizar"),
            *("ecac ocorrencias", "ecac ocorrencias ver"),
        ),
        "operar": _OPERAR,
    },
    contam=_OPERAR,
    regras=(
        RegraDeRota(
            "ecac-guias",
            lugar=60,
            ler=f"{_LEITURA}:guias",
            decidir=f"{_SERVICO}.arquivos_recebidos:guias",
            grava=("-ret.json", *RECUSAS),
            prazo_s=120.0,
        ),
        RegraDeRota(
            "ecac-comprovantes",
            lugar=70,
            ler=f"{_LEITURA}:comprovantes",
            decidir=f"{_SERVICO}.arquivos_recebidos:comprovantes",
            grava=("-ret.json", *RECUSAS),
            prazo_s=120.0,
        ),
    ),
    pedidos={
        **dict.fromkeys(
            ("ecac-importar", "ecac-comprovante", "ecac-indice", "ecac-gerar"), f"{_SERVICO}.pedidos:aceitar"
        ),
        **dict.fromkeys(
            ("ecac-ligar", "ecac-aprovar", "ecac-recusar", "ecac-reabrir", "ecac-numerar", "ecac-dispensar"),
            f"{_SERVICO}.decisoes:do_pedido",
        ),
    },
    passos=(Passo(f"{_SERVICO}.passo:Ecac", Fase.DEPOIS_DA_COLHEITA, 20, fim=10),),
    recuperacao=Recuperacao(pastas=f"{_SERVICO}.passo:destinos"),
    usos_de_acesso=f"{_SERVICO}.autoria:usos",
    movimentos={"guia": "separador.capacidades.ecac.banco.movimento:GUIAS"},
    localizar="separador.capacidades.ecac.banco.achados:localizar",
    verificacoes="separador.capacidades.ecac.cli.verificacoes:ecac",
    falhas="separador.capacidades.ecac.falhas:TEXTOS",
    pastas=f"{_SERVICO}.pasta_de_comprovantes:da_secao",
    perdas={
        "ecac_guia_historico": ("mudança de guia", "mudanças de guia"),
        "ecac_comprovante": ("comprovante", "comprovantes"),
        "ecac_chamada": ("chamada ao SERPRO", "chamadas ao SERPRO"),
    },
    de_fora=f"{_SERVICO}.pasta_de_comprovantes:arquivados",
)
