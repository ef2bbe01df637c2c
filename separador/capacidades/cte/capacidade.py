"""Plugs in the documents: their commands, rules, orders, steps, outputs and calls."""

from separador.nucleo.capacidade import RECUSAS, Capacidade, Comando, Fase, Passo, Recuperacao, RegraDeRota, Tela

_SERVICO = "separador.capacidades.cte.servico"
_LEITURA = "separador.capacidades.cte.arquivos.leitura"
_TELAS = "separador.capacidades.cte.telas"
_REDE = f"{_SERVICO}.rede.tipos"
_RETORNOS = (
    *("-pro-rec.xml", "-eve.xml", "-sit.xml", "-sta.xml"),
    *("-proccte.xml", "-proceventocte.xml", "-dacte.pdf", "-evento.pdf"),
    *RECUSAS,
)
_CONSULTAR = ("cte consultar", "Consultar na SEFAZ", "/cte/consultar?{chaves}")
_ENVIAR = ("cte enviar", "ENVIAR CT-e", "/cte/enviar?{chaves}")
_A_CONSULTAR = (
    *("SEP-RET-DIGEST", "SEP-RET-SEM-DIGEST", "SEP-RET-NAO-VERIFICADO", "SEP-RET-PROTOCOLO", "SEP-RET-TARDIO"),
    *("SEP-RET-TRANSMISSOR", "SEP-CANC-SEM-EVENTO", "SEP-DENEGADO", "SEP-CONSULTAR", "SEP-CONSULTA-RECUSADA"),
    *("SEP-CSTAT-DESCONHECIDO", "SEP-PRAZO-RETORNO", "SEP-SEM-DESFECHO"),
)
_COM_A3 = "separador.capacidades.certificados.servico.assinatura_no_token:completar"
_PEDIDO_MAXIMO = 8 * 1024 * 1024  # an order for a proof of delivery may bring its picture, or 2,000 keys

CAPACIDADE = Capacidade(
    nome="cte",
    comandos=(
        Comando("rastrear", "separador.capacidades.cte.cli.rastrear:rastrear", 90, com_a_ultima_boa=True),
        Comando("cte", "separador.capacidades.cte.cli.cte:cte", 110, com_a_ultima_boa=True),
        Comando("regras", "separador.capacidades.cte.cli.regras:regras", 220),
    ),
    direitos={
        "livre": ("regras", "cte diagrama", "cte cstat", "cte evento campos"),
        "ler": (
            "rastrear",
            "cte listar",
            "cte exportar",
            "cte ver",
            "cte notas",
            "cte dacte",
            "cte evento listar",
            "cte evento imprimir",
        ),
        "operar": ("cte enviar", "cte cancelar", "cte estornar", "cte consultar", "cte evento *"),
    },
    contam=("cte enviar", "cte cancelar", "cte estornar", "cte consultar", "cte evento *"),
    regras=(
        RegraDeRota(
            "cte-envio",
            lugar=20,
            ler=f"{_LEITURA}:envio",
            decidir=f"{_SERVICO}.envio:decidir",
            completar=_COM_A3,
            encena_se_automatica=True,
            transmite=True,
            grava=("-cte.xml", "-ped-eve.xml", "-ped-sit.xml", "-ped-sta.xml"),
            grava_no_retorno=RECUSAS,
            grava_no_retorno_pela_rede=_RETORNOS,
        ),
        RegraDeRota(
            "cte-retorno",
            lugar=30,
            ler=f"{_LEITURA}:retorno",
            decidir=f"{_SERVICO}.retornos:decidir",
            recusar=f"{_SERVICO}.retornos:ilegivel",
            recebe_retornos=True,
            grava=_RETORNOS,
        ),
        RegraDeRota(
            "cte-validar",
            lugar=40,
            ler=f"{_LEITURA}:validar",
            decidir=f"{_SERVICO}.validacao:decidir",
            recusar=f"{_SERVICO}.validacao:invalido",
            responder=f"{_SERVICO}.validacao:responder",
            completar=_COM_A3,
            encena=True,
            grava=("-ret.json", "-ret.xml"),
            mesmo_nome=True,
        ),
        RegraDeRota(
            "cte-consulta",
            lugar=50,
            ler=f"{_LEITURA}:consulta",
            decidir=f"{_SERVICO}.consulta.recebida:decidir",
            grava=("-sit.xml", "-sta.xml", *RECUSAS),
        ),
        RegraDeRota(
            "pedido",
            lugar=80,
            ler=f"{_LEITURA}:pedido",
            decidir=f"{_SERVICO}.evento.pedidos:decidir",
            recusar=f"{_SERVICO}.resposta_de_pedido:recusar",
            responder=f"{_SERVICO}.resposta_de_pedido:responder",
            limite=_PEDIDO_MAXIMO,
            um_a_um=True,
            grava=("-ret.json",),
        ),
    ),
    pedidos={
        "enviar": f"{_SERVICO}.pedidos:do_pedido",
        "cancelar": f"{_SERVICO}.pedidos:do_pedido",
        "estornar": f"{_SERVICO}.pedidos:do_pedido",
        "consultar": f"{_SERVICO}.pedidos:do_pedido",
        "evento": f"{_SERVICO}.evento.pedidos:do_pedido",
        "status": f"{_SERVICO}.consulta.pedido:do_status",
    },
    passos=(
        Passo(f"{_SERVICO}.parte:Agenda", Fase.DEPOIS_DOS_PEDIDOS, 10),
        Passo(f"{_SERVICO}.parte:Agenda", Fase.DEPOIS_DA_COLHEITA, 5, metodo="encaminhar"),
        Passo(f"{_SERVICO}.arrumacao:Arrumacao", Fase.DEPOIS_DA_COLHEITA, 90),
        Passo(f"{_SERVICO}.parte:Agenda", Fase.CADA_30S, 10, metodo="prazos"),
        Passo(f"{_SERVICO}.parte:InclusoesEmVigor", Fase.CADA_30S, 60),
    ),
    entregas={
        "documento": f"{_SERVICO}.saidas.entregues:documento",
        "evento": f"{_SERVICO}.saidas.entregues:evento",
        "consulta": f"{_SERVICO}.saidas.entregues:consulta",
    },
    retiradas={
        "documento": f"{_SERVICO}.saidas.retirados:documento",
        "evento": f"{_SERVICO}.saidas.retirados:evento",
        "consulta": f"{_SERVICO}.saidas.retirados:consulta",
    },
    chamadas={
        "documento": f"{_REDE}:DOCUMENTO",
        "evento": f"{_REDE}:EVENTO",
        "consulta": f"{_REDE}:CONSULTA",
        "status": f"{_REDE}:STATUS",
    },
    recuperacao=Recuperacao(
        pastas=f"{_SERVICO}.partes_do_retorno:raizes", poupa=f"{_SERVICO}.cancelamento:em_retirada"
    ),
    movimentos={"documento": "separador.capacidades.cte.banco.movimento:DOCUMENTOS"},
    verificacoes="separador.capacidades.cte.cli.verificacoes:cte",
    falhas="separador.capacidades.cte.falhas:TEXTOS",
    localizar="separador.capacidades.cte.banco.achados:localizar",
    remedios=dict.fromkeys(_A_CONSULTAR, _CONSULTAR) | {"SEP-NAO-CONSTA": _ENVIAR},
    telas=(
        Tela("/cte", f"{_TELAS}.lista:lista", acao="cte listar", menu="CT-e", lugar=20),
        Tela("/cte/enviar", f"{_TELAS}.pedidos:enviar", acao="cte enviar", muda="cte enviar"),
        Tela("/cte/consultar", f"{_TELAS}.pedidos:consultar", acao="cte consultar", muda="cte consultar"),
        Tela("/cte/{chave}", f"{_TELAS}.documento:documento", acao="cte ver"),
        Tela("/cte/{chave}/notas", f"{_TELAS}.documento:notas", acao="cte notas"),
        Tela("/cte/{chave}/assinado.xml", f"{_TELAS}.documento:assinado", acao="cte ver"),
        Tela("/cte/{chave}/processado.xml", f"{_TELAS}.documento:processado", acao="cte ver"),
        Tela("/cte/{chave}/dacte.pdf", f"{_TELAS}.documento:dacte", acao="cte dacte"),
        Tela(
            "/cte/desacordo",
            f"{_TELAS}.desacordo:desacordo",
            acao="cte evento desacordo",
            muda="cte evento desacordo",
        ),
        Tela("/arquivos/{id}", f"{_TELAS}.arquivo:arquivo", acao="rastrear"),
        Tela("/cte/{chave}/cancelar", f"{_TELAS}.pedidos:cancelar", acao="cte cancelar", muda="cte cancelar"),
        Tela("/cte/{chave}/estornar", f"{_TELAS}.pedidos:estornar", acao="cte estornar", muda="cte estornar"),
    ),
    perdas={"historico": ("mudança de situação", "mudanças de situação"), "evento": ("evento", "eventos")},
)
