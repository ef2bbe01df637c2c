"""Plugs in the e-CAC: commands, the rules of guides and receipts, orders, its step of the loop."""

from separador.nucleo.capacidade import RECUSAS, Capacidade, Comando, Fase, Passo, Recuperacao, RegraDeRota, Tela

_LEITURA = "separador.capacidades.ecac.arquivos.leitura"
_SERVICO = "separador.capacidades.ecac.servico"
_TELAS = "separador.capacidades.ecac.telas"
_OPERAR = (
    *("ecac importar", "ecac guias importar", "ecac guias gerar", "ecac guias comprovante"),
    *("ecac guias ligar", "ecac guias aprovar", "ecac guias recusar", "ecac guias reabrir", "ecac guias numerar"),
    "ecac ocorrencias dispensar",
)

_DA_GUIA = (
    *((p, p, f"ecac guias {p}") for p in ("ligar", "aprovar", "recusar", "reabrir", "numerar")),
    ("gerar-comprovante", "gerar_comprovante", "ecac guias comprovante"),
)
"""Decisions about a guide: the word of the path, the page, the action."""

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
    recebe={"ecac-termo": f"{_SERVICO}.termo_por_token:receber"},
    passos=(Passo(f"{_SERVICO}.passo:Ecac", Fase.DEPOIS_DA_COLHEITA, 20, fim=10),),
    recuperacao=Recuperacao(pastas=f"{_SERVICO}.passo:destinos"),
    usos_de_acesso=f"{_SERVICO}.autoria:usos",
    movimentos={"guia": "separador.capacidades.ecac.banco.movimento:GUIAS"},
    localizar="separador.capacidades.ecac.banco.achados:localizar",
    verificacoes="separador.capacidades.ecac.cli.verificacoes:ecac",
    falhas="separador.capacidades.ecac.falhas:TEXTOS",
    pastas=f"{_SERVICO}.pasta_de_comprovantes:da_secao",
    telas=(
        Tela("/ecac", f"{_TELAS}.central:central", acao="ecac ocorrencias", menu="Central e-CAC", lugar=30),
        Tela("/ecac/importar", f"{_TELAS}.importar:importar", acao="ecac importar", muda="ecac importar"),
        Tela("/ecac/importar-a3", f"{_TELAS}.importar:importar_a3", acao="ecac importar", muda="ecac importar"),
        Tela("/ecac/empresas", f"{_TELAS}.empresas:lista", acao="ecac empresas listar"),
        Tela(
            "/ecac/empresas/{cnpj}",
            f"{_TELAS}.empresas:uma",
            acao="ecac empresas listar",
            muda="ecac empresas configurar",
        ),
        Tela("/ecac/ocorrencias.xlsx", f"{_TELAS}.central:planilha", acao="ecac ocorrencias"),
        Tela("/ecac/ocorrencias/{id}", f"{_TELAS}.ocorrencia:ocorrencia", acao="ecac ocorrencias ver"),
        Tela("/ecac/ocorrencias/{id}/localizar", f"{_TELAS}.ocorrencia:localizar", acao="ecac guias localizar"),
        Tela(
            "/ecac/ocorrencias/{id}/dispensar",
            f"{_TELAS}.ocorrencia:dispensar",
            acao="ecac ocorrencias dispensar",
            muda="ecac ocorrencias dispensar",
        ),
        Tela("/ecac/guias", f"{_TELAS}.guias:lista", acao="ecac guias listar"),
        Tela("/ecac/guias/nova", f"{_TELAS}.gerar:gerar", acao="ecac guias gerar", muda="ecac guias gerar"),
        Tela("/ecac/guias/{id}", f"{_TELAS}.guias:guia", acao="ecac guias ver"),
        Tela("/ecac/guias/{id}/comprovante.pdf", f"{_TELAS}.guias:comprovante", acao="ecac guias ver"),
        *(Tela(f"/ecac/guias/{{id}}/{p}", f"{_TELAS}.decisoes:{f}", acao=a, muda=a) for p, f, a in _DA_GUIA),
    ),
    perdas={
        "ecac_guia_historico": ("mudança de guia", "mudanças de guia"),
        "ecac_comprovante": ("comprovante", "comprovantes"),
        "ecac_chamada": ("chamada ao SERPRO", "chamadas ao SERPRO"),
    },
    de_fora=f"{_SERVICO}.pasta_de_comprovantes:arquivados",
)
