"""Plugs in the calls to SEFAZ: commands, the step of the queue, the limit in force, how long answers are kept."""

from separador.nucleo.capacidade import Capacidade, Comando, Fase, Passo

CAPACIDADE = Capacidade(
    nome="sefaz",
    comandos=(Comando("sefaz", "separador.capacidades.sefaz.cli.sefaz:sefaz", 120, com_a_ultima_boa=True),),
    direitos={
        "ler": ("sefaz nsu", "sefaz enderecos"),
        "operar": ("sefaz status", "sefaz distribuir"),
    },
    contam=("sefaz status", "sefaz distribuir"),
    passos=(
        Passo("separador.capacidades.sefaz.servico.passo:Transmissao", Fase.DEPOIS_DA_COLHEITA, 10, fim=30),
        Passo("separador.capacidades.sefaz.servico.parte:OutroAmbiente", Fase.CADA_30S, 5),
    ),
    recursos={"limite_do_envio": "separador.capacidades.sefaz.banco.bloqueios:do_envio"},
    retencao="separador.capacidades.sefaz.servico.parte:esquecer_brutos",
    verificacoes="separador.capacidades.sefaz.cli.verificacoes:rede",
    significado="separador.capacidades.sefaz.dominio.cstat:significado",
    falhas="separador.capacidades.sefaz.falhas:TEXTOS",
    perdas={"transmissao": ("chamada à SEFAZ", "chamadas à SEFAZ")},
)
