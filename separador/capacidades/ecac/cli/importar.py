"""Imports now and shows the progress; by an A3 token with `--a3` (`separador ecac importar`)."""

import sys
import time
from pathlib import Path
from sqlite3 import Connection, Row
from typing import TYPE_CHECKING, NoReturn

import click

from separador.banco import leitura as leitura_do_banco
from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.cli import situacoes
from separador.capacidades.ecac.cli.ecac import limpar
from separador.capacidades.ecac.servico.livro_de_chamadas import hoje
from separador.capacidades.ecac.servico.vista.importar import PEDIDO, SEM_A_CHAVE, dados_da_ordem, escolher
from separador.cli.base import autorizacao, chamada, leitura, pedidos, terminal
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.espera import PELO_SOQUETE_S
from separador.configuracao.uso_do_ecac import Modo
from separador.motor.trava import quem_detem
from separador.nucleo import fuso

if TYPE_CHECKING:
    from separador.configuracao import Configuracao, Empresa

_PASSO_S = 0.2
_LARGURA = 30


@click.command(
    options_metavar="[OPÇÕES]",
    help="Importa agora o que foi pago: baixa as guias e arquiva os comprovantes. Mostra o andamento; interromper o "
    "comando (Ctrl+C) não para a importação. No fim diz, de cada empresa, por que foi ou não consultada; código 1: "
    "alguma que devia ser consultada ficou sem resposta. Com --a3, as empresas de certificado A3: o token assina o "
    "termo de autorização, que vale só hoje. Com --json, código 3: a ordem está com o serviço e ainda não acabou.",
)
@click.option("--empresa", metavar="CNPJ", help="Só esta empresa.")
@click.option("--a3", is_flag=True, help="Importar pelo certificado A3; o PIN é perguntado.")
@click.option("--pin-stdin", is_flag=True, help="(--a3) Lê o PIN da entrada padrão, uma linha.")
@opcao_json
@passar_opcoes
def importar(opcoes: Opcoes, empresa: str | None, a3: bool, pin_stdin: bool, em_json: bool) -> None:
    """Exits with 0: done to the end; 1: refused, stopped on the way, or a company that should have been asked about was
    not (it says why); 3: no service."""
    if a3 and chamada.atual() is not None:
        sair(Saida.RECUSADO, "O PIN de um token não passa pelo serviço: dê o comando com sudo. Nada foi mudado.")
    config = opcoes.configuracao()
    if config.ecac is None:
        sair(Saida.RECUSADO, SEM_A_CHAVE)
    cnpj = limpar(empresa)
    escolhidas = escolher(config, cnpj, hoje(leitura.agora_utc()), a3=a3)
    if isinstance(escolhidas, str):
        sair(Saida.RECUSADO, escolhidas)
    if a3:
        _assinar_termos(config, escolhidas, pin_stdin=pin_stdin)
    dados = config.dados
    (tarefa_id,) = pedidos.registrar(dados, [pedidos.NovoPedido(PEDIDO, cnpj or "*", dados_da_ordem(a3=a3))])
    if quem_detem(dados) is None:
        mensagem = (
            f"O serviço está desligado. A ordem ficou registrada (nº {tarefa_id}) e será cumprida quando ele for"
            " ligado: separador iniciar"
        )
        if em_json:
            _contar(config, tarefa_id, cnpj, a3=a3, feita=None, mensagem=mensagem, em_json=True)
        sair(Saida.SEM_SERVICO, mensagem)
    segue = f"A importação (ordem nº {tarefa_id}) segue no serviço; veja: separador ecac guias listar"
    pelo_servico = chamada.atual() is not None
    if pelo_servico and not em_json:
        sair(Saida.FEITO, segue)
    feita, mensagem = _acompanhar(dados, tarefa_id, PELO_SOQUETE_S if pelo_servico else None) or (None, segue)
    _contar(config, tarefa_id, cnpj, a3=a3, feita=feita, mensagem=mensagem, em_json=em_json)


def _contar(
    config: "Configuracao",
    tarefa_id: int,
    cnpj: str | None,
    *,
    a3: bool,
    feita: bool | None,
    mensagem: str,
    em_json: bool,
) -> NoReturn:
    """Says what came of each company, and ends the command. `feita` None: the service asks later (3 in JSON)."""
    ditas = [e for e in config.empresas if e.ecac.utiliza and cnpj in (None, e.cnpj)]
    if a3:
        ditas = [e for e in ditas if e.ecac.modo is Modo.SOB_DEMANDA]
    modo = Modo.SOB_DEMANDA if a3 else Modo.AUTOMATICO
    with leitura.lendo(config.dados) as banco:
        desde = ecac_empresas.primeira_do_pedido(banco, tarefa_id) if banco is not None else None
        de_cada = situacoes.da_importacao(
            config,
            banco,
            ditas,
            leitura.agora_utc(),
            desde=desde,
            parou=mensagem,
            modo=modo,
            depois=feita is None,
        )
    faltou = any(s.consulta.falhou for s in de_cada)
    if em_json:
        empresas = [s.em_dicionario() for s in de_cada]
        mostrar_json({"ordem": tarefa_id, "concluida": bool(feita), "mensagem": mensagem, "empresas": empresas})
        if feita is None:
            sair(Saida.SEM_SERVICO)
        sair(Saida.FEITO if feita and not faltou else Saida.RECUSADO)
    mostrar_tabela(
        ("CNPJ", "empresa", "situação", "por quê", "por"),
        [(s.empresa.cnpj, s.empresa.nome, s.consulta, s.detalhe, s.autoria.por) for s in de_cada],
    )
    if not feita:
        sair(Saida.RECUSADO, mensagem)
    click.echo(mensagem)
    sair(Saida.RECUSADO if faltou else Saida.FEITO)


# --- progress --------------------------------------------------------------------------------------------------------


def _acompanhar(dados: Path, tarefa_id: int, prazo_s: float | None = None) -> tuple[bool, str] | None:
    """Waits until the order is answered. Shows a bar on a terminal, a line per step otherwise.

    Returns whether it was done, and the answer; None when it was not answered within `prazo_s`.
    """
    ultimo, limite_s = "", None if prazo_s is None else time.monotonic() + prazo_s
    try:
        while True:
            with leitura.lendo(dados) as banco:
                tarefa = leitura_do_banco.tarefa(banco, tarefa_id) if banco is not None else None
                andamento = _andamento(banco, tarefa_id) if banco is not None else None
            if tarefa is not None and tarefa["estado"] in ("feita", "recusada"):
                _limpar_barra()
                return tarefa["estado"] == "feita", str(tarefa["mensagem"])
            if quem_detem(dados) is None:
                _limpar_barra()
                sair(Saida.SEM_SERVICO, f"O serviço parou. A ordem nº {tarefa_id} continua quando ele for ligado.")
            if limite_s is not None and time.monotonic() >= limite_s:
                return None
            ultimo = _mostrar(andamento, ultimo)
            time.sleep(_PASSO_S)
    except KeyboardInterrupt:
        _limpar_barra()
        sair(Saida.FEITO, "A importação continua no serviço; veja: separador ecac guias listar")


def _andamento(banco: Connection, tarefa_id: int) -> Row | None:
    """Returns the run of the order; while it waits for a run that is already under way, that one."""
    propria = ecac_empresas.do_pedido(banco, tarefa_id)
    if propria is not None:
        return propria
    outra = ecac_empresas.ultima(banco)
    return outra if outra is not None and outra["estado"] == ecac_empresas.EM_ANDAMENTO else None


def _mostrar(andamento: Row | None, ultimo: str) -> str:
    if andamento is None:
        return ultimo
    fase, feitas, total = andamento["fase"], andamento["feitas"], andamento["total"]
    if sys.stderr.isatty():
        cheio = _LARGURA * feitas // total if total else 0
        barra = "█" * cheio + "·" * (_LARGURA - cheio)
        click.echo(f"\r\x1b[K{fase:<13} {barra} {feitas}/{total}", nl=False, err=True)
        return ultimo
    marco = f"{fase} {10 * feitas // total if total else 0}"
    if marco != ultimo:
        click.echo(f"{fase}: {feitas} de {total}", err=True)
    return marco


def _limpar_barra() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


# --- A3 --------------------------------------------------------------------------------------------------------------


def _assinar_termos(config: "Configuracao", empresas: "list[Empresa]", *, pin_stdin: bool) -> None:
    """Signs here, by the token, one termo per author, good for today. The PIN goes nowhere."""
    from separador.capacidades.ecac.servico.termo_por_token import autores  # noqa: PLC0415 -- the token's libraries

    with autorizacao.escrevendo(config.dados, migrar=True) as banco:
        de_quem = autores(banco, config, empresas, leitura.agora_utc())
    for autor in de_quem:
        _assinar_um(config, autor, pin_stdin=pin_stdin)


def _assinar_um(config: "Configuracao", autor: str, *, pin_stdin: bool) -> None:
    from separador.capacidades.certificados.leitura.token import AssinanteDoToken, Referencia, TokenError  # noqa: PLC0415
    from separador.capacidades.ecac.integra.termo import TermoInvalidoError  # noqa: PLC0415
    from separador.capacidades.ecac.servico import termo_por_token  # noqa: PLC0415
    from separador.cofre.chave_mestra import PASTA  # noqa: PLC0415

    with leitura.lendo(config.dados) as lido:
        linha = (
            termo_por_token.certificado_de(lido, autor) if lido is not None else termo_por_token.sem_certificado(autor)
        )
    if isinstance(linha, str):
        sair(Saida.RECUSADO, linha)
    pin = terminal.pedir_senha(f"PIN do token de {linha['titular']}", pela_entrada=pin_stdin)
    with autorizacao.escrevendo(config.dados) as banco:  # after the wait: the person may still do it
        agora = leitura.agora_utc()
        try:
            token = AssinanteDoToken(Referencia.de_json(linha["token"]), bytes(linha["der"]), pin, config.dados / PASTA)
            try:
                xml, ate = termo_por_token.assinar(config, autor, token, agora)
            finally:
                token.fechar()
        except TokenError as erro:
            sair(Saida.RECUSADO, f"{erro.mensagem} {erro.o_que_fazer} Nada foi mudado.")
        except TermoInvalidoError as erro:
            sair(Saida.RECUSADO, termo_por_token.nao_pode_ser_assinado(erro))
        termo_por_token.guardar(banco, autor, xml, ate, agora)
    click.echo(f"Termo de autorização de {autor} assinado pelo token; vale até {fuso.dia(ate)}.", err=True)
