"""Orders on guides: import, locate, generate, receipt, link, approve, refuse, reopen, number (ECAC-03, ECAC-04).

Checked at once by the function that the service uses too; what cannot be done is refused with nothing recorded.
"""

import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.banco import ecac_consultas, ecac_ocorrencias
from separador.banco.ecac_consultas import FiltroGuias
from separador.cli import guarda, leitura, ordens
from separador.cli.comum import Contexto, Saida, mostrar_json, opcao_json, passar_contexto, sair
from separador.cli.ecac import limpar
from separador.cli.ecac_guias import com_guia, em_dicionario, tabela
from separador.dominio.arrecadacao import canonico, completo

_LIMITE_ARQUIVO = 10 * 1024 * 1024
if TYPE_CHECKING:
    from separador.dominio.erro import Erro

argumento_guia = click.argument("guia", metavar="GUIA")


# --- decisions -------------------------------------------------------------------------------------------------------


def _decidir(contexto: Contexto, pedido: str, guia: str, dito: str = "") -> None:
    from separador.servico import ecac_decisoes  # noqa: PLC0415

    dados = contexto.configuracao().dados
    with com_guia(dados, guia) as (banco, linha):
        negativa = ecac_decisoes.avaliar(banco, pedido, str(linha["id"]), dito)
    if negativa is not None:
        sair(Saida.RECUSADO, negativa.mensagem)
    ordens.dar(dados, [ordens.Ordem(pedido, str(linha["id"]), dito)])


@click.command(
    options_metavar="[OPÇÕES]",
    help="Liga à mão a GUIA ao PAGAMENTO (número do documento pago), ou ao pagamento de uma ocorrência. A guia fica "
    "baixada, e o comprovante vem na próxima importação.",
)
@argumento_guia
@click.argument("pagamento", metavar="[PAGAMENTO]", required=False)
@click.option("--ocorrencia", type=int, metavar="ID", help="O pagamento é o desta ocorrência.")
@passar_contexto
def ligar(contexto: Contexto, guia: str, pagamento: str | None, ocorrencia: int | None) -> None:
    """A payment without guide, and a guide without payment: a person says that they are one."""
    if (pagamento is None) == (ocorrencia is None):
        raise click.UsageError("Diga o PAGAMENTO ou a ocorrência (--ocorrencia ID), um dos dois.")
    numero = pagamento or _pagamento_da(contexto, ocorrencia or 0)
    _decidir(contexto, "ecac-ligar", guia, completo(numero))


def _pagamento_da(contexto: Contexto, ocorrencia: int) -> str:
    with leitura.lendo(contexto.configuracao().dados) as banco:
        linha = ecac_ocorrencias.por_id(banco, ocorrencia) if banco is not None else None
    if linha is None or linha["pagamento"] is None:
        sair(Saida.RECUSADO, f"A ocorrência {ocorrencia} não existe ou não é de um pagamento.")
    return str(linha["pagamento"])


@click.command(options_metavar="[OPÇÕES]", help="Aprova a sugestão de baixa da GUIA sem número.")
@argumento_guia
@passar_contexto
def aprovar(contexto: Contexto, guia: str) -> None:
    """A suggestion needs a person (fatos/ecac.md 8.3)."""
    _decidir(contexto, "ecac-aprovar", guia)


@click.command(options_metavar="[OPÇÕES]", help="Recusa a sugestão de baixa da GUIA; ela não é proposta de novo.")
@argumento_guia
@passar_contexto
def recusar(contexto: Contexto, guia: str) -> None:
    """The pair is remembered as refused."""
    _decidir(contexto, "ecac-recusar", guia)


@click.command(
    options_metavar="[OPÇÕES]", help="Desfaz a baixa da GUIA. O comprovante arquivado fica; o motivo vai ao histórico."
)
@argumento_guia
@click.option("--motivo", required=True, metavar="TEXTO", help="Por que a baixa está errada.")
@passar_contexto
def reabrir(contexto: Contexto, guia: str, motivo: str) -> None:
    """Only a person moves a guide back."""
    _decidir(contexto, "ecac-reabrir", guia, motivo)


@click.command(options_metavar="[OPÇÕES]", help="Informa o NÚMERO do documento da GUIA que foi registrada sem ele.")
@argumento_guia
@click.argument("numero", metavar="NÚMERO")
@passar_contexto
def numerar(contexto: Contexto, guia: str, numero: str) -> None:
    """From then on it is matched by number."""
    _decidir(contexto, "ecac-numerar", guia, numero)


# --- receipt ---------------------------------------------------------------------------------------------------------


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra onde está o comprovante da GUIA; se ainda não veio, pede-o agora. O que já está arquivado nunca é "
    "pedido de novo.",
)
@argumento_guia
@click.option("--copiar", type=click.Path(path_type=Path, dir_okay=False), metavar="ARQ", help="Copia o PDF para ARQ.")
@passar_contexto
def comprovante(contexto: Contexto, guia: str, copiar: Path | None) -> None:
    """Asking again returns the filed one (ECAC-05). A file that is not what was filed is said so (1)."""
    dados = contexto.configuracao().dados
    with com_guia(dados, guia) as (_, linha):
        pass
    if linha["recibo_estado"] != "arquivado":
        ordens.dar(dados, [ordens.Ordem("ecac-comprovante", str(linha["id"]))])
    _mostrar_arquivado(linha, copiar)


def _mostrar_arquivado(linha: sqlite3.Row, copiar: Path | None) -> None:
    from separador.pastas import recibos  # noqa: PLC0415

    raiz, caminho = Path(linha["raiz"]), str(linha["caminho"])
    confere = recibos.conferir(raiz, caminho, linha["recibo_sha256"])
    if confere is None:
        sair(Saida.RECUSADO, f"O comprovante foi arquivado em {raiz / caminho}, e não está mais lá.")
    if not confere:
        sair(Saida.RECUSADO, f"{raiz / caminho} não é mais o que foi arquivado (sha256 {linha['recibo_sha256']}).")
    if copiar is not None:
        if copiar.exists():
            sair(Saida.RECUSADO, f"{copiar} já existe; escolha outro nome.")
        copiar.write_bytes((raiz / caminho).read_bytes())
    click.echo(str(raiz / caminho))


# --- locate, generate, import ----------------------------------------------------------------------------------------


@click.command(
    options_metavar="[OPÇÕES]",
    help="Localizar Guia: a partir de uma OCORRÊNCIA (ou de --empresa), lista as guias geradas para a empresa, as que "
    "ainda não foram baixadas primeiro. Com --receita ANO, antes pergunta à Receita que DAS existem nesse ano.",
)
@click.argument("ocorrencia", metavar="[OCORRÊNCIA]", type=int, required=False)
@click.option("--empresa", metavar="CNPJ", help="As guias desta empresa.")
@click.option("--receita", type=click.IntRange(2018, 2100), metavar="ANO", help="Busca os DAS do ano na Receita.")
@opcao_json
@passar_contexto
def localizar(
    contexto: Contexto, ocorrencia: int | None, empresa: str | None, receita: int | None, em_json: bool
) -> None:
    """Then `ligar` links one by hand, or `gerar` makes a new one."""
    if (ocorrencia is None) == (empresa is None):
        raise click.UsageError("Diga a OCORRÊNCIA ou a empresa (--empresa CNPJ), uma das duas.")
    dados = contexto.configuracao().dados
    with leitura.lendo(dados) as banco:
        dona = ecac_ocorrencias.por_id(banco, ocorrencia) if banco is not None and ocorrencia is not None else None
    if ocorrencia is not None and dona is None:
        sair(Saida.RECUSADO, f"Não há ocorrência {ocorrencia}.")
    cnpj = dona["contribuinte"] if dona is not None else limpar(empresa) or ""
    if receita is not None:
        for resposta in ordens.pedir(dados, [ordens.Ordem("ecac-indice", cnpj, json.dumps({"ano": receita}))]):
            click.echo(str(resposta["mensagem"]), err=True)
            if resposta["estado"] != "feita":
                sair(Saida.RECUSADO)
    _mostrar_guias(dados, cnpj, dona, em_json)


def _mostrar_guias(dados: Path, cnpj: str, ocorrencia: sqlite3.Row | None, em_json: bool) -> None:
    with leitura.lendo(dados) as banco:
        linhas = ecac_consultas.guias(banco, FiltroGuias(cnpj)) if banco is not None else []
    guias = sorted((em_dicionario(g) for g in linhas), key=lambda g: bool(g["baixada"]))
    if em_json:
        mostrar_json(guias)
        return
    if not guias:
        click.echo(f"Nenhuma guia registrada para {cnpj}.")
    else:
        tabela(guias)
    if ocorrencia is not None and ocorrencia["pagamento"] is not None:
        numero = completo(canonico(ocorrencia["pagamento"]))
        click.echo(f"\nPagamento {numero}: {ocorrencia['detalhe']}")
        click.echo(f"Para ligar: separador ecac guias ligar GUIA --ocorrencia {ocorrencia['id']}")
    click.echo("Para gerar outra: separador ecac guias gerar --ajuda")


@click.command(
    options_metavar="[OPÇÕES]",
    help="Gera uma guia nova na Receita. TIPO: das (PGDAS-D), das-mei ou darf (Sicalc). Cada geração dá um número "
    "novo: a mesma guia não é pedida duas vezes sem --de-novo, e a que ficou sem resposta é antes procurada no índice.",
)
@click.argument("tipo", metavar="TIPO", type=click.Choice(("das", "das-mei", "darf")))
@click.option("--empresa", required=True, metavar="CNPJ", help="De quem é a guia.")
@click.option(
    "--periodo", required=True, metavar="PERÍODO", help="DAS: AAAAMM. DARF: como o tipo de período pede (mm/aaaa)."
)
@click.option("--pagamento", metavar="AAAA-MM-DD", help="Data em que será paga. Sem ela: hoje.")
@click.option("--receita", metavar="CÓDIGO", help="(darf) Código da receita.")
@click.option("--extensao", default="01", metavar="NN", help="(darf) Extensão da receita; sem ela, 01.")
@click.option("--valor", metavar="VALOR", help="(darf) Valor do imposto, como 1.000,00.")
@click.option("--vencimento", metavar="AAAA-MM-DD", help="(darf) Vencimento do imposto.")
@click.option("--tipo-periodo", default="ME", metavar="XX", help="(darf) AN, TR, ME, QZ, DC, SM ou DI; sem ela, ME.")
@click.option("--uf", metavar="UF", help="(darf) Estado; sem ela, o da empresa.")
@click.option("--municipio", metavar="TOM", help="(darf) Código TOM do município, sem o dígito.")
@click.option("--referencia", metavar="NÚMERO", help="(darf) Número de referência, se a receita pede.")
@click.option("--de-novo", is_flag=True, help="Pede mesmo que já tenha sido pedida.")
@passar_contexto
def gerar(contexto: Contexto, /, tipo: str, empresa: str, de_novo: bool, **campos: str | None) -> None:
    """Recorded as an order; the service asks once."""
    config = contexto.configuracao()
    cnpj = limpar(empresa) or ""
    dona = config.empresa(cnpj)
    if dona is None:
        sair(Saida.RECUSADO, f"A empresa {cnpj} não está na configuração.")
    lidos = _campos_darf(campos, dona.uf) if tipo == "darf" else _campos_das(campos)
    pedido = {"especie": tipo, "campos": lidos, "de_novo": de_novo}
    ordens.dar(config.dados, [ordens.Ordem("ecac-gerar", cnpj, json.dumps(pedido, sort_keys=True))])


def _campos_das(c: dict[str, str | None]) -> dict[str, str]:
    periodo = "".join(x for x in c["periodo"] or "" if x.isdigit())
    if len(periodo) == 6 and "/" in (c["periodo"] or ""):
        periodo = periodo[2:] + periodo[:2]
    if len(periodo) != 6 or not "01" <= periodo[4:] <= "12":
        raise click.UsageError("O período de um DAS é AAAAMM, como 202605.")
    return {"periodo": periodo} | ({"consolidacao": _data(c["pagamento"])} if c["pagamento"] else {})


def _campos_darf(c: dict[str, str | None], uf: str) -> dict[str, str]:
    from separador.ecac import campos  # noqa: PLC0415

    faltam = [n for n in ("receita", "valor", "municipio") if not c[n]]
    if faltam:
        raise click.UsageError(f"Um DARF precisa também de: {', '.join(f'--{n}' for n in faltam)}.")
    try:
        valor, receita = campos.ler_valor(c["valor"] or ""), campos.ler_receita(c["receita"] or "")
    except campos.CampoError as erro:
        raise click.UsageError(f"{erro.mensagem} {erro.o_que_fazer}") from None
    lidos: dict[str, str | None] = {
        "uf": c["uf"] or uf,
        "municipio": c["municipio"],
        "receita": receita,
        "extensao": c["extensao"],
        "tipo_pa": c["tipo_periodo"],
        "periodo": c["periodo"],
        "valor": f"{valor:.2f}",
        "referencia": c["referencia"],
        "vencimento": _data(c["vencimento"]) if c["vencimento"] else None,
        "consolidacao": _data(c["pagamento"]) if c["pagamento"] else None,
    }
    return {n: v for n, v in lidos.items() if v is not None}


def _data(texto: str | None) -> str:
    from separador.ecac import campos  # noqa: PLC0415

    try:
        return campos.ler_dia(texto or "").isoformat()
    except campos.CampoError as erro:
        raise click.UsageError(f"{erro.mensagem} {erro.o_que_fazer}") from None


@click.command(
    options_metavar="[OPÇÕES]",
    help="Registra as guias de um ARQUIVO (CSV, JSON ou o PDF da guia), como a pasta da regra ecac-guias faz. As "
    "linhas boas são registradas; as outras são mostradas. O CSV tem uma linha de títulos: empresa, tipo (DARF ou "
    "DAS), numero, vencimento (31/12/2026 ou 2026-12-31), valor (1.458,30), receita, periodo (05/2026), e se houver "
    "principal, multa, juros e linha digitavel; separado por ; ou , e salvo pelo Excel como está. O JSON é uma lista "
    "de objetos com os mesmos nomes, ou {guias: [...]}. Sem numero, a guia precisa de receita, periodo e valor, e só é "
    "baixada por sugestão.",
)
@click.argument("arquivo", metavar="ARQUIVO", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@opcao_json
@passar_contexto
def importar(contexto: Contexto, arquivo: Path, em_json: bool) -> None:
    """Exit 1 when a row was refused."""
    from separador.banco import auditoria  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.dominio.erro import Recusa  # noqa: PLC0415
    from separador.dominio.rota import Regra  # noqa: PLC0415
    from separador.ecac.guia_lida import GuiasLidas  # noqa: PLC0415
    from separador.servico import ecac_entrada, ecac_leitura  # noqa: PLC0415

    config = contexto.configuracao()
    if arquivo.stat().st_size > _LIMITE_ARQUIVO:
        sair(Saida.RECUSADO, f"{arquivo} tem mais de 10 MB; divida-o.")
    lidas = ecac_leitura.ler(Regra.ECAC_GUIAS, arquivo.read_bytes())
    erros: list[Erro] = []
    feitas: list[dict[str, object]] = []
    if isinstance(lidas, Recusa):
        erros = list(lidas.erros)
    elif isinstance(lidas, GuiasLidas):
        empresas = frozenset(e.cnpj for e in config.empresas)
        with guarda.escrevendo(config.dados, migrar=True) as banco, banco.transacao():
            quando = texto_de(leitura.agora_utc())
            feitas, novos = ecac_entrada.registrar(banco, lidas.guias, empresas, guarda.quem(), quando, None)
            auditoria.registrar(
                banco, quando, guarda.quem(), "guias importadas", arquivo.name, detalhe=str(len(feitas))
            )
        erros = sorted([*lidas.erros, *novos], key=lambda e: e.linha or 0)
    _dizer_importadas(feitas, erros, em_json)


def _dizer_importadas(feitas: list[dict[str, object]], erros: "list[Erro]", em_json: bool) -> None:
    novas = sum(bool(f["nova"]) for f in feitas)
    if em_json:
        lista = [
            {"linha": e.linha, "campo": e.tag, "mensagem": e.mensagem, "o_que_fazer": e.o_que_fazer} for e in erros
        ]
        mostrar_json({"registradas": novas, "ja_registradas": len(feitas) - novas, "guias": feitas, "erros": lista})
    else:
        for e in erros:
            onde = f"linha {e.linha}: " if e.linha else ""
            click.echo(f"{onde}{e.mensagem} {e.o_que_fazer}", err=True)
        click.echo(f"{novas} guias registradas, {len(feitas) - novas} já estavam, {len(erros)} erros.")
    sair(Saida.RECUSADO if erros else Saida.FEITO)
