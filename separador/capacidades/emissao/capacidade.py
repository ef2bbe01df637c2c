"""Plugs in the issuing of documents: the rule of loads, its command, the registries in force."""

from separador.nucleo.capacidade import Capacidade, Comando, Fase, Passo, RegraDeRota, Tela

_SERVICO = "separador.capacidades.emissao.servico"
_TELAS = "separador.capacidades.emissao.telas"
_QUE_ESPERAM = "situacao=AGUARDANDO+INFORMA%C3%87%C3%95ES"
_EXISTE = f"{_TELAS}.endereco:existe"
_CADASTROS = f"{_SERVICO}.equipamento:Cadastros"
_COM_A3 = "separador.capacidades.certificados.servico.assinatura_no_token:completar"

CAPACIDADE = Capacidade(
    nome="emissao",
    comandos=(Comando("carga", "separador.capacidades.emissao.cli.carga:carga", 115, com_a_ultima_boa=True),),
    direitos={
        "livre": ("carga esquema",),
        "operar": ("carga emitir", "carga complementar", "carga refazer"),
        "ler": ("carga explicar", "carga listar", "carga ver", "carga mdfe", "carga numeracao", "carga cadastros"),
    },
    regras=(
        RegraDeRota(
            "carga",
            lugar=45,
            ler="separador.capacidades.emissao.arquivos.rodadas:carga",
            seguir=f"{_SERVICO}.rodadas:seguir",
            decidir=f"{_SERVICO}.entrada:decidir",
            recusar=f"{_SERVICO}.entrada:recusar",
            responder=f"{_SERVICO}.entrada:responder",
            completar=_COM_A3,
            limite=10 * 1024 * 1024,
            prazo_s=180.0,
            repetivel=False,
            pede_transmissao=True,
            grava=("-ret.json", "-ret.err"),
        ),
    ),
    contam=("carga complementar", "carga numeracao definir"),
    pedidos={
        "carga-complementar": f"{_SERVICO}.pedidos:complementar",
        "carga-refazer": f"{_SERVICO}.refeitura_pedida:executar",
        "carga-numerar": f"{_SERVICO}.pedidos:definir_numero",
    },
    passos=(
        Passo(_CADASTROS, Fase.DEPOIS_DOS_PEDIDOS, 15),
        Passo(_CADASTROS, Fase.CADA_HORA, 15, metodo="prazos"),
        Passo(f"{_SERVICO}.refeituras:Refeituras", Fase.DEPOIS_DA_COLHEITA, 17, fim=17),
        Passo(f"{_SERVICO}.abandonadas:Abandonadas", Fase.CADA_HORA, 16),
    ),
    numeros="separador.capacidades.emissao.banco.numeracao:dado_a",
    registro="separador.capacidades.emissao.banco.leitura:registro",
    localizar="separador.capacidades.emissao.banco.achados:localizar",
    conferencias="separador.capacidades.emissao.cli.verificacoes:conferir",
    verificacoes="separador.capacidades.emissao.cli.verificacoes:emissao",
    falhas="separador.capacidades.emissao.falhas:TEXTOS",
    telas=(
        Tela("/cargas", f"{_TELAS}.cargas:lista", acao="carga listar", menu="Cargas", lugar=90, existe=_EXISTE),
        Tela("/cargas/nova", f"{_TELAS}.novo:novo", acao="carga emitir", muda="carga emitir", existe=_EXISTE),
        Tela(
            "/cargas/nova/conferir",
            f"{_TELAS}.novo:conferir",
            acao="carga emitir",
            muda="carga explicar",
            existe=_EXISTE,
        ),
        Tela("/cargas/{carga:path}", f"{_TELAS}.cargas:uma", acao="carga ver", existe=_EXISTE),
        Tela(
            "/cargas/{carga:path}/complementar",
            f"{_TELAS}.complementar:complementar",
            acao="carga complementar",
            muda="carga complementar",
            existe=_EXISTE,
        ),
    ),
    remedios={"SEP-CARGA-COMPLEMENTAR": ("carga listar", "Ver as cargas que esperam", f"/cargas?{_QUE_ESPERAM}")},
    cargas=f"{_TELAS}.endereco:das_cargas",
    perdas={"carga": ("carga", "cargas")},
)
