"""Makes the options of the events' commands from the table, turns them into an order, and lists the attempts."""

import base64
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from separador.cli.base import leitura
from separador.cli.base.arquivos import ArquivoDeEntrada
from separador.cli.base.comum import Saida, sair
from separador.fiscal.evento.campos import Grupo, Item, informaveis
from separador.fiscal.evento.entrega import e_base64, hash_da_imagem
from separador.fiscal.evento.leitores import Campo, Forma, Origem
from separador.fiscal.evento.nomes import nome_do_tipo
from separador.fiscal.evento.tabela import POR_NOME, POR_TIPO, EventoFiscal
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave
from separador.nucleo.negativa import Negativa
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.texto.json_lido import JsonInvalidoError, ler_json
from separador.nucleo.texto.razao import razao

_METAVARS = {
    Forma.TEXTO: "TEXTO", Forma.CODIGO: "CÓDIGO", Forma.INSTANTE: "DATA-HORA", Forma.DATA: "DATA",
    Forma.DECIMAL: "VALOR", Forma.COORDENADA: "GRAUS", Forma.CHAVE: "CHAVE", Forma.INTEIRO: "N",
}  # fmt: skip
LIMITE_IMAGEM_BYTES = 20 * 1024 * 1024
_ARQUIVO = ArquivoDeEntrada()


def ler_chave(_ctx: click.Context, _param: click.Parameter, valor: str | None) -> str | None:
    """Returns a chave as people paste it. A text that is none is a usage error (2)."""
    chave = limpar_chave(valor) if valor is not None else None
    if chave is not None and not FORMATO_CHAVE.fullmatch(chave):
        raise click.BadParameter(f"{valor!r} não é uma chave de acesso de 44 posições.")
    return chave


def nome_da_opcao(nome: str) -> str:
    """Turns `entrega_em` into `entrega-em`. The option of a list has the name of one item."""
    return {"correcoes": "correcao", "notas": "nota"}.get(nome, nome.replace("_", "-"))


def opcoes(e: EventoFiscal) -> Iterator[click.Option]:
    """Yields one option per field of the table, and `--dados` for a file with any of them."""
    for item in informaveis(e.do_pedido):
        if isinstance(item, Grupo):
            if item.opcao:
                yield _da_lista(item)
        elif item.nome == "imagem":
            yield click.Option(
                ["--imagem", "imagem"], metavar="ARQUIVO", type=_ARQUIVO,
                help="Imagem (assinatura, foto) de que se faz o hash; ela não é enviada.",
            )  # fmt: skip
        else:
            yield _do_campo(item)
    yield click.Option(
        ["--dados", "arquivo_de_dados"], metavar="ARQUIVO", type=_ARQUIVO,
        help="JSON com os campos do evento, como em um pedido por arquivo; as opções dadas valem mais.",
    )  # fmt: skip


def _do_campo(c: Campo) -> click.Option:
    nome = f"--{nome_da_opcao(c.nome)}"
    if c.forma is Forma.SIM:
        return click.Option([nome, c.nome], is_flag=True, help=_frase(c))
    if c.forma is Forma.ESCOLHA:
        return click.Option([nome, c.nome], metavar=_curto(c), type=click.Choice(_valores(c)), help=_frase(c))
    return click.Option([nome, c.nome], metavar=_METAVARS[c.forma], help=_frase(c))


def _valores(c: Campo) -> list[str]:
    return [v for v, _ in c.escolhas]


def _curto(c: Campo) -> str:
    return "|".join(_valores(c)) if len(c.escolhas) < 6 else "UF"


def _frase(c: Campo) -> str:
    """Says what the field is, its size, and that it is required where it is."""
    tamanho = f", {c.minimo} a {c.maximo} caracteres" if c.forma is Forma.TEXTO else ""
    escolhas = "; ".join(f"{v} {t}" for v, t in c.escolhas if v != t)
    quais = f": {escolhas}" if escolhas else ""
    deve = " (obrigatório)" if c.pedido else ""
    return f"{c.texto}{quais}{tamanho}{deve}."


def _da_lista(g: Grupo) -> click.Option:
    if g.simples is not None:
        return click.Option(
            [f"--{g.opcao}", g.nome], multiple=True, metavar=_METAVARS[g.simples.forma],
            help=f"{g.simples.texto}; repita a opção para cada uma.",
        )  # fmt: skip
    return click.Option(
        [f"--{g.opcao}", g.nome], multiple=True, metavar="GRUPO/CAMPO[/ITEM]=VALOR", callback=_correcoes,
        help="Uma correção, como compl/xObs='TEXTO CERTO'; repita a opção para cada uma.",
    )  # fmt: skip


def _correcoes(_ctx: click.Context, _param: click.Parameter, ditas: tuple[str, ...]) -> list[dict[str, str]]:
    return [_correcao(dita) for dita in ditas]


def _correcao(dita: str) -> dict[str, str]:
    alvo, igual, valor = dita.partition("=")
    partes = alvo.strip().split("/")
    if not igual or len(partes) not in (2, 3) or not all(partes):
        raise click.BadParameter(f"{dita!r} não tem a forma GRUPO/CAMPO[/ITEM]=VALOR.")
    return dict(zip(("grupo", "campo", "item"), partes, strict=False)) | {"valor": valor}


def so_no_arquivo(e: EventoFiscal) -> Iterator[str]:
    """Yields the lists that have no option, each in one line."""
    yield from (_descrever(i) for i in informaveis(e.do_pedido) if isinstance(i, Grupo) and not i.opcao)


def _descrever(g: Grupo) -> str:
    dentro = (_descrever(i) if isinstance(i, Grupo) else i.nome for i in informaveis(g.itens))
    return f"{g.nome} (lista de: {', '.join(dentro)})"


def campos(itens: tuple[Item, ...], onde: str = "") -> Iterator[dict[str, Any]]:
    """Yields every field that an order may give, in the order of the layout; those of a list as `lista[].campo`."""
    for item in informaveis(itens):
        forma = "lista" if isinstance(item, Grupo) else item.forma.value
        obrigatorio = item.obrigatorio if isinstance(item, Grupo) else item.pedido
        yield {
            "nome": f"{onde}{item.nome}", "tag": item.tag or None, "forma": forma, "obrigatorio": obrigatorio,
            "escolhas": dict(item.escolhas) if isinstance(item, Campo) and item.escolhas else None,
            "texto": item.texto,
        }  # fmt: skip
        if isinstance(item, Grupo):
            yield from campos(item.itens, f"{onde}{item.nome}[].")


# --- the order ----------------------------------------------------------------------------------------------------


def dados_do_pedido(e: EventoFiscal, chave: str, dadas: dict[str, Any]) -> dict[str, object]:
    """Returns the fields of the order: those of the file, and over them the options.

    The picture becomes its hash here.
    """
    arquivo, imagem = dadas.pop("arquivo_de_dados", None), dadas.pop("imagem", None)
    dados: dict[str, object] = _do_arquivo(arquivo) if arquivo is not None else {}
    dados |= {nome: valor for nome, valor in dadas.items() if valor not in (None, (), [], False)}
    if imagem is not None:
        dados["imagem"] = _em_base64(imagem)
    dita = dados.get("imagem")
    if isinstance(dita, str) and e_base64(dita) and "hash" not in dados and _tem_hash(e):
        dados["hash"] = hash_da_imagem(chave, str(dados.pop("imagem")))
    return {n: list(v) if isinstance(v, tuple) else v for n, v in dados.items()}


def _tem_hash(e: EventoFiscal) -> bool:
    return any(isinstance(c, Campo) and c.origem is Origem.IMAGEM for c in e.itens)


def _do_arquivo(arquivo: Path) -> dict[str, object]:
    try:
        lido = ler_json(arquivo.read_bytes())
    except (OSError, JsonInvalidoError) as erro:
        porque = razao(erro) if isinstance(erro, OSError) else str(erro)
        raise click.UsageError(f"--dados: {arquivo}: {porque}") from erro
    if not isinstance(lido, dict):
        raise click.UsageError(f"--dados: {arquivo}: deve ser um objeto JSON com os campos do evento")
    return lido


def _em_base64(imagem: Path) -> str:
    try:
        with imagem.open("rb") as arquivo:
            conteudo = arquivo.read(LIMITE_IMAGEM_BYTES + 1)
    except OSError as erro:
        raise click.UsageError(f"--imagem: {imagem}: {razao(erro)}") from erro
    if not 0 < len(conteudo) <= LIMITE_IMAGEM_BYTES:
        raise click.UsageError(f"--imagem: {imagem}: está vazia ou passa de {LIMITE_IMAGEM_BYTES // 2**20} MB")
    return base64.b64encode(conteudo).decode()


def avaliar(
    dados: Path, e: EventoFiscal, chave: str, pedido: dict[str, object], empresas: tuple[str, ...]
) -> list[Negativa]:
    """Returns the reasons against the order, by the function that the service uses too."""
    from separador.capacidades.cte.servico.juizo import julgar_evento  # noqa: PLC0415 -- sqlite-utils and lxml

    try:
        return julgar_evento(dados, e, chave, pedido, empresas, leitura.agora_utc())
    except sqlite3.Error as erro:
        sair(
            Saida.RECUSADO,
            f"Não consegui ler o banco ({razao(erro)}); nada foi mudado. Use o usuário do serviço, ou sudo.",
        )


# --- the list ----------------------------------------------------------------------------------------------------


def tentativas(dados: Path, chave: str | None, tipo: str | None, maximo: int | None) -> list[dict[str, Any]]:
    """Returns events, and orders that made none, the newest first, in the shape of `cte evento listar --json`."""
    from separador.capacidades.cte.banco import leitura_de_eventos as consulta  # noqa: PLC0415

    filtro = consulta.FiltroEvento(chave, POR_NOME[tipo].tp if tipo is not None else None, tipo, maximo)
    with leitura.lendo(dados) as banco:
        if banco is None:
            return []
        todas = [_do_evento(r) for r in consulta.eventos(banco, filtro)]
        todas += [_do_pedido(r) for r in consulta.pedidos_sem_evento(banco, filtro)]
    return sorted(todas, key=lambda t: str(t["criado_em"]), reverse=True)[:maximo]


def _do_evento(r: sqlite3.Row) -> dict[str, Any]:
    from separador.capacidades.cte.banco.leitura_de_eventos import assinado  # noqa: PLC0415
    from separador.fiscal.evento.detalhe import ler_detalhe  # noqa: PLC0415 -- lxml

    itens = POR_TIPO[r["tp_evento"]].itens if r["tp_evento"] in POR_TIPO else ()
    fixos = {c.nome for c in itens if isinstance(c, Campo) and c.origem is Origem.FIXO}
    arquivo = f"arquivo:{mostrar(bytes(r['arquivo']))}" if r["arquivo"] is not None else None
    return {
        "chave": r["chave"],
        "evento": nome_do_tipo(r["tp_evento"]),
        "tp_evento": r["tp_evento"],
        "n_seq": r["n_seq"],
        "estado": r["estado"],
        "codigo": r["cstat"],
        "motivo": r["motivo"],
        "protocolo": r["protocolo"],
        "quem": r["quem"] or arquivo,
        "dados": {n: v for n, v in ler_detalhe(assinado(r)).items() if n not in fixos},
        "criado_em": r["criado_em"],
        "atualizado_em": r["atualizado_em"],
    }


def _do_pedido(r: sqlite3.Row) -> dict[str, Any]:
    gravado = json.loads(r["dados"])
    return {
        "chave": r["chave"],
        "evento": r["nome"],
        "tp_evento": POR_NOME[r["nome"]].tp,
        "n_seq": None,
        "estado": "recusado aqui" if r["estado"] == "recusada" else "ordem registrada",
        "codigo": r["codigo"],
        "motivo": r["mensagem"],
        "protocolo": None,
        "quem": r["quem"],
        "dados": gravado["dados"],
        "criado_em": r["criada_em"],
        "atualizado_em": r["terminada_em"] or r["criada_em"],
    }
