"""Plugs in the certificates: commands, the folder where they are dropped, orders, steps, the signers of tokens."""

from separador.nucleo.capacidade import Capacidade, Comando, Fase, Passo, RegraDeRota, Tela

_SERVICO = "separador.capacidades.certificados.servico"
_EM_USO = f"{_SERVICO}.parte:CertificadosEmUso"
_TELAS = "separador.capacidades.certificados.telas"
_SEM = ("SEP-SEM-CERTIFICADO", "SEP-CERT-VENCIDO")
_PASTA = f"{_SERVICO}.parte:Pasta"

CAPACIDADE = Capacidade(
    nome="certificados",
    comandos=(Comando("certificado", "separador.capacidades.certificados.cli.certificado:certificado", 200),),
    direitos={
        "ler": ("certificado listar", "certificado ver", "certificado token"),
        "operar": ("certificado validade",),
    },
    contam=("certificado validade", "certificado pin"),
    regras=(RegraDeRota("certificado", lugar=90, pasta_propria=True, grava=("-ret.json",)),),
    pedidos={
        "certificado-validade": f"{_SERVICO}.pedidos:conferir",
        "certificado-pin": f"{_SERVICO}.pedidos:do_pin",
        "certificado-padrao": f"{_SERVICO}.pedidos:tornar_padrao",
        "certificado-remover": f"{_SERVICO}.pedidos:retirar",
    },
    passos=(
        Passo(_EM_USO, Fase.ANTES_DOS_PEDIDOS, 10, fim=40),
        Passo(_PASTA, Fase.DEPOIS_DOS_PEDIDOS, 30, fim=35),
        Passo(_EM_USO, Fase.CADA_30S, 30, metodo="notar_assinaturas"),
        Passo(_EM_USO, Fase.DEPOIS_DOS_PEDIDOS, 65, metodo="notar_vencidos"),
    ),
    recebe={
        "certificado-pin": f"{_SERVICO}.recebimento:pin",
        "certificado": f"{_SERVICO}.recebimento:certificado",
        "certificado-senha": f"{_SERVICO}.recebimento:senha",
        "certificado-exame": f"{_SERVICO}.recebimento:exame",
    },
    recursos={"assinadores": f"{_SERVICO}.tokens:Tokens"},
    validades=f"{_SERVICO}.validades:de_certificados",
    verificacoes="separador.capacidades.certificados.cli.verificacoes:certificados",
    falhas="separador.capacidades.certificados.falhas:TEXTOS",
    remedios=dict.fromkeys(_SEM, ("certificado instalar", "Adicionar certificado", "/certificados/novo")),
    telas=(
        Tela(
            "/certificados",
            f"{_TELAS}.lista:lista",
            acao="certificado listar",
            muda="certificado validade",
            menu="Certificados",
            lugar=40,
        ),
        Tela(
            "/certificados/novo",
            f"{_TELAS}.novo:novo",
            acao="certificado instalar",
            muda="certificado instalar",
            arquivos=f"{_TELAS}.novo:guarda",
        ),
        Tela(
            "/certificados/{id}/padrao", f"{_TELAS}.lista:padrao", acao="certificado padrao", muda="certificado padrao"
        ),
        Tela(
            "/certificados/{id}/remover",
            f"{_TELAS}.lista:remover",
            acao="certificado remover",
            muda="certificado remover",
        ),
    ),
    paginas_de_validade={"cofre": "/certificados", "arquivo": "/certificados"},
    copia=("certificado",),
    perdas={"certificado": ("certificado", "certificados")},
)
