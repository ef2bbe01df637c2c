"""Shows the documents and what they carry (`separador cte`); the orders on them are in other modules."""

from typing import Any

import click

from separador.capacidades.cte.banco import leitura as leitura_cte
from separador.capacidades.cte.banco.fatos import DO_DOCUMENTO
from separador.capacidades.cte.banco.fatos import fatos as fatos_de
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, mostrar_json, mostrar_tabela, opcao_json, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.nomes import argumento_chave
from separador.fiscal.evento.nomes import rotular
from separador.motor.log.texto import uma_linha
from separador.nucleo.capacidade import registro_de
from separador.nucleo.situacao import diagrama
from separador.nucleo.texto.rotulo import rotulo

_ORDENS = "separador.capacidades.cte.cli.pedidos"


@click.group(
    cls=Grupo,
    preguicosos={"listar": "separador.capacidades.cte.cli.listar:listar"}
    | {n: f"{_ORDENS}:{n}" for n in ("enviar", "cancelar", "estornar", "consultar")}
    | {
        "evento": "separador.capacidades.cte.cli.evento:evento",
        "exportar": "separador.capacidades.cte.cli.exportar:exportar",
        "dacte": "separador.capacidades.cte.cli.dacte:dacte",
        "cstat": "separador.capacidades.sefaz.cli.cstat:cstat",
    },
    help="Mostra os documentos (CT-e, CT-e Simplificado, CT-e OS, GTV-e) e dá ordens sobre eles.",
)
def cte() -> None:
    """Groups the documents' commands."""


@cte.command(options_metavar="[OPÇÕES]", help="Mostra tudo o que se sabe do documento CHAVE, com o resumo da sua vida.")
@argumento_chave()
@opcao_json
@passar_opcoes
def ver(opcoes: Opcoes, chave: str, em_json: bool) -> None:
    """Exits with 1 when the document is unknown."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        doc = leitura_cte.documento(banco, chave) if banco is not None else None
        fatos = fatos_de(banco, doc) if banco is not None and doc is not None else None
    if fatos is None:
        desconhecida(chave)
    elif em_json:
        mostrar_json(fatos)
    else:
        _mostrar(fatos)


def desconhecida(chave: str) -> None:
    """Ends the command: nothing is known of this key."""
    sair(Saida.RECUSADO, f"Não há documento com a chave {chave}.")


_ROTULOS = {
    "tp_amb": "ambiente (tpAmb)",
    "rota_id": "rota",
    "digest": "DigestValue",
    "enviado_em": "entregue em",
    "proxima_acao": "a fazer",
    "proxima_em": "a fazer em",
    "criado_em": "registrado em",
    "atualizado_em": "mudou em",
}


def _mostrar(fatos: dict[str, Any]) -> None:
    for campo in DO_DOCUMENTO:
        valor = fatos[campo]
        if valor not in (None, ""):
            texto = leitura.hora_local(valor) if campo.endswith("_em") else uma_linha(str(valor))
            click.echo(f"{_ROTULOS.get(campo) or rotulo(campo):<17} {texto}")
    _mostrar_emitido(fatos)
    click.echo("\nMudanças de situação:")
    for h in fatos["historico"]:
        codigo = f" {h['cstat']}" if h["cstat"] else ""
        click.echo(f"  {leitura.hora_local(h['quando'])}  {h['para']} ({h['causa']}{codigo}, por {h['quem']})")
    if fatos["eventos"]:
        click.echo("\nEventos:")
    for e in fatos["eventos"]:
        resposta = f" — {e['cstat']}: {uma_linha(e['motivo'] or '')}" if e["cstat"] else ""
        qual = f"{rotular(e['tp_evento'])} nº {e['n_seq']}"
        click.echo(f"  {leitura.hora_local(e['criado_em'])}  {qual}, {e['estado']}{resposta}")
    if fatos["transmissoes"]:
        click.echo("\nChamadas à SEFAZ:")
    for t in fatos["transmissoes"]:
        resposta = uma_linha(": ".join(str(v) for v in (t["resultado"], t["detalhe"]) if v))
        quando = leitura.hora_local(t["enviada_em"] or t["criada_em"])
        espera = f"; não antes de {leitura.hora_local(t['proxima_em'])}" if t["proxima_em"] else ""
        click.echo(
            f"  {quando}  {t['servico']} em {t['autorizador']}, {t['estado']}{espera} — {resposta or 'sem resposta'}"
        )
    click.echo("\nArquivos recebidos:")
    if not fatos["arquivos"] and fatos["carga"]:
        click.echo(f"  nenhum: veio da carga {fatos['carga']} (separador carga ver {fatos['carga']})")
    for a in fatos["arquivos"]:
        onde = f", em {a['guardado_em']}" if a["guardado_em"] else ""
        click.echo(f"  {a['id']}  {a['arquivo']}: {a['desfecho'] or 'em andamento'}{onde}")
    click.echo("\nArquivos entregues:")
    for p in fatos["entregues"]:
        click.echo(f"  {leitura.hora_local(p['publicada_em'])}  {p['nome']} em {p['pasta']} ({p['estado']})")


def _mostrar_emitido(fatos: dict[str, Any]) -> None:
    """Shows taxes and record of a document that was issued here."""
    if fatos.get("impostos"):
        ditos = (f"{rotulo(nome)} {valor}" for nome, valor in fatos["impostos"].items() if valor is not None)
        click.echo(f"{'impostos':<17} {', '.join(ditos)}")
    for nome, valor in (fatos.get("registro") or {}).items():
        if valor not in (None, "", [], False) and nome != "notas":
            click.echo(f"{rotulo(nome):<17} {_dito(valor)}")


def _dito(valor: object) -> str:
    """Returns a value of the record for people."""
    if isinstance(valor, list):
        return "; ".join(_dito(v) for v in valor)
    if isinstance(valor, dict):
        return ", ".join(f"{rotulo(n)} {_dito(v)}" for n, v in valor.items() if v not in (None, ""))
    return "sim" if valor is True else str(valor)


@cte.command(options_metavar="[OPÇÕES]", help="Lista as notas fiscais que o documento CHAVE transporta.")
@argumento_chave()
@opcao_json
@passar_opcoes
def notas(opcoes: Opcoes, chave: str, em_json: bool) -> None:
    """Reads the invoices from the record of a document issued here, else from the signed bytes. Exits with 1 when the
    document is unknown."""
    with leitura.lendo(opcoes.configuracao().dados) as banco:
        doc = leitura_cte.documento(banco, chave) if banco is not None else None
        dados = leitura_cte.assinado(banco, doc["id"], doc["digest"]) if banco is not None and doc is not None else None
        guardado = registro_de(banco, chave) if banco is not None and doc is not None else None
    if doc is None:
        desconhecida(chave)
        return
    from separador.capacidades.cte.arquivos.notas import notas_de  # noqa: PLC0415 -- lxml

    lista = notas_de(dados, doc["tipo"], guardado)
    if lista is None:
        sair(Saida.RECUSADO, f"O XML assinado de {chave} não pôde ser lido; confira com: separador verificar")
    elif em_json:
        mostrar_json(lista)
    elif not lista:
        click.echo("O documento não traz notas fiscais.")
    else:
        campos = ("chave", "modelo", "numero", "serie", "valor", "emitente")
        mostrar_tabela(
            ("chave", "modelo", "número", "série", "valor", "emitente"), [[n[c] for c in campos] for n in lista]
        )


@cte.command(
    name="diagrama",
    options_metavar="[OPÇÕES]",
    help="Mostra as situações e todas as mudanças possíveis entre elas, como diagrama Mermaid.",
)
def mostrar_diagrama() -> None:
    """Draws the diagram from the table of situações itself, so that they cannot differ."""
    click.echo(diagrama(), nl=False)
