"""Takes in files of guides and receipts: registers what is good, reports every error, and gives one outcome per file.

A file of guides whose rows are partly wrong registers the good ones. Dropped again, corrected, it registers the rest.
"""

import json
from collections.abc import Sequence

from separador.banco.conexao import Banco
from separador.capacidades.ecac.arquivos.guia import GuiasLidas, LinhaGuia
from separador.capacidades.ecac.arquivos.lidos import ComprovanteLido, ComprovantesLidos
from separador.capacidades.ecac.banco import comprovantes as tabela_de_comprovantes
from separador.capacidades.ecac.banco import guias as ecac_guias
from separador.capacidades.ecac.banco import ocorrencias, pagamentos
from separador.capacidades.ecac.banco.guias import NovaGuia
from separador.capacidades.ecac.dominio.arrecadacao import NOMES_TIPO, Pagamento, Valores, canonico
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import comprovantes as arquivo_de_comprovantes
from separador.capacidades.ecac.servico.comprovantes import Chegado
from separador.capacidades.ecac.servico.conciliacao import conciliar_empresa
from separador.motor.desfecho import saidas
from separador.motor.desfecho.grupo import Grupo, Item
from separador.motor.desfecho.saidas import Saida
from separador.motor.trabalho.parecer import Parecer
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.etapa import Desfecho
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.nome_de_saida import resposta_de_pedido
from separador.nucleo.rota import pasta_de_retorno
from separador.nucleo.texto.quantidade import quantos


def guias(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one file of the rule `ecac-guias`."""
    lidas = parecer.conteudo
    if not isinstance(lidas, GuiasLidas):
        raise TypeError(f"a regra {item.rota.regra} não decide {type(lidas).__name__}")
    quem = f"arquivo:{mostrar(item.nome)}"
    empresas = frozenset(e.cnpj for e in grupo.contexto.config.empresas)
    feitas, erros = registrar(grupo.banco, lidas.guias, empresas, quem, grupo.quando, item.arquivo_id)
    erros = sorted([*lidas.erros, *erros], key=lambda e: e.linha or 0)
    novas = sum(bool(f["nova"]) for f in feitas)
    corpo = {
        "arquivo": mostrar(item.nome),
        "registradas": novas,
        "ja_registradas": len(feitas) - novas,
        "recusadas": _recusadas(erros),
        "guias": feitas,
    }
    registradas = quantos(novas, "guia registrada", "guias registradas")
    estavam = quantos(len(feitas) - novas, "já estava", "já estavam")
    frase = f"{registradas}, {estavam}, {quantos(_recusadas(erros), 'recusada', 'recusadas')}."
    _fechar(
        grupo, item, corpo, erros, Erro("SEP-GUIA-PARCIAL", "SEP", frase, "Corrija as linhas indicadas e solte-as.")
    )


def _recusadas(erros: Sequence[Erro]) -> int:
    return len({e.linha for e in erros})


def registrar(
    banco: Banco, lidas: Sequence[LinhaGuia], empresas: frozenset[str], quem: str, quando: str, arquivo_id: int | None
) -> tuple[list[dict[str, object]], list[Erro]]:
    """Registers guides inside the open transaction, and matches them with what is known. Returns the guides done and
    the errors."""
    feitas: list[dict[str, object]] = []
    erros: list[Erro] = []
    tocadas: set[str] = set()
    for g in lidas:
        erro = _registrar_uma(banco, g, empresas, quem, quando, arquivo_id, feitas)
        if erro is not None:
            erros.append(erro)
        else:
            tocadas.add(g.contribuinte)
    for contribuinte in sorted(tocadas):
        conciliar_empresa(banco, contribuinte, quem, quando)
    return feitas, erros


def _registrar_uma(
    banco: Banco,
    g: LinhaGuia,
    empresas: frozenset[str],
    quem: str,
    quando: str,
    arquivo_id: int | None,
    feitas: list[dict[str, object]],
) -> Erro | None:
    if g.contribuinte not in empresas:
        mensagem = f"A empresa {g.contribuinte} não está na configuração."
        return Erro("SEP-GUIA-EMPRESA", "SEP", mensagem, "Inclua a empresa, ou corrija o CNPJ.", g.linha, "empresa")
    nova = NovaGuia(
        g.contribuinte, g.tipo, g.numero, g.valores, g.vencimento, g.receita, g.periodo, quem, arquivo_id
    )  # fmt: skip
    registrada = ecac_guias.registrar(banco, nova, quem, quando)
    if registrada.conflitos:
        return _conflito(banco, nova, registrada.id, registrada.conflitos, g.linha, quando)
    if registrada.nova:
        _avisar_de_outra(banco, nova, registrada.id, quando)
    notas = list(g.notas)
    feitas.append({"linha": g.linha, "id": registrada.id, "numero": g.numero, "nova": registrada.nova, "notas": notas})
    return None


def _conflito(
    banco: Banco, nova: NovaGuia, guia_id: int, campos: tuple[str, ...], linha: int | None, quando: str
) -> Erro:
    """Refuses and shows the second of two guides with one number. The first stays."""
    nomes = ", ".join(campos)
    mensagem = f"Já há a guia {guia_id} com o número {nova.numero}, com outro conteúdo ({nomes})."
    _repetido(banco, nova, guia_id, mensagem, quando)
    fazer = "Confira qual das duas está certa; a registrada não foi alterada."
    return Erro("SEP-GUIA-REPETIDA", "SEP", mensagem, fazer, linha, "numero")


def _avisar_de_outra(banco: Banco, nova: NovaGuia, guia_id: int, quando: str) -> None:
    """Shows that a guide of another taxpayer has the same number."""
    for outra in ecac_guias.de_mesmo_numero(banco, nova):
        if outra["contribuinte"] != nova.contribuinte:
            texto = f"As guias {outra['id']} ({outra['contribuinte']}) e {guia_id} ({nova.contribuinte}) têm o número"
            _repetido(banco, nova, guia_id, f"{texto} {nova.numero}.", quando)


def _repetido(banco: Banco, nova: NovaGuia, guia_id: int, detalhe: str, quando: str) -> None:
    assunto = f"{ocorrencias.DE_IMPORTACAO}{nova.numero}"
    o = Ocorrencia(Especie.NUMERO_REPETIDO, nova.contribuinte, assunto, detalhe, guia_id, canonico(nova.numero or ""))
    ocorrencias.abrir(banco, o, quando)


# --- receipts --------------------------------------------------------------------------------------------------------


def comprovantes(grupo: Grupo, item: Item, parecer: Parecer) -> None:
    """Decides one file of the rule `ecac-comprovantes`."""
    lidos = parecer.conteudo
    if not isinstance(lidos, ComprovantesLidos):
        raise TypeError(f"a regra {item.rota.regra} não decide {type(lidos).__name__}")
    empresas = frozenset(e.cnpj for e in grupo.contexto.config.empresas)
    feitos: list[dict[str, object]] = []
    erros = list(lidos.erros)
    for r in lidos.comprovantes:
        if r.contribuinte not in empresas:
            mensagem = f"Página {r.pagina}: o comprovante é de {r.contribuinte}, que não está na configuração."
            fazer = "Confira de que empresa é o PDF; se é desta instalação, inclua a empresa."
            erros.append(Erro("SEP-RECIBO-EMPRESA", "SEP", mensagem, fazer, r.pagina, "pagina"))
        else:
            feitos.append(_receber(grupo, item, r))
    corpo = {"arquivo": mostrar(item.nome), "recebidos": len(feitos), "recusados": len(erros), "comprovantes": feitos}
    frase = f"{len(feitos)} comprovantes recebidos, {len(erros)} páginas recusadas."
    _fechar(grupo, item, corpo, erros, Erro("SEP-RECIBO-PARCIAL", "SEP", frase, "Veja as páginas indicadas."))


def _receber(grupo: Grupo, item: Item, r: ComprovanteLido) -> dict[str, object]:
    numero, quem = canonico(r.numero), f"arquivo:{mostrar(item.nome)}"
    bases = Bases(grupo.contexto.dados, grupo.contexto.config.raiz)
    antigo = tabela_de_comprovantes.por_documento(grupo.banco, r.contribuinte, numero)
    if antigo is None:
        chegado = Chegado(
            r.contribuinte,
            r.tipo,
            numero,
            r.arrecadacao,
            r.total,
            r.pdf,
            tabela_de_comprovantes.MANUAL,
            item.arquivo_id,
        )
        raiz = item.rota.destino
        arquivo_de_comprovantes.registrar(
            grupo.banco, arquivo_de_comprovantes.encenar(bases, raiz, chegado), grupo.quando
        )
        _anotar_pagamento(grupo.banco, r, grupo.quando)
    conciliar_empresa(grupo.banco, r.contribuinte, quem, grupo.quando)
    comprovante = tabela_de_comprovantes.por_documento(grupo.banco, r.contribuinte, numero)
    return {
        "pagina": r.pagina,
        "contribuinte": r.contribuinte,
        "numero": r.numero,
        "novo": antigo is None,
        "arquivo": bases.arquivo(comprovante["raiz"], comprovante["caminho"]) if comprovante else None,
    }


def _anotar_pagamento(banco: Banco, r: ComprovanteLido, quando: str) -> None:
    """Keeps the payment that a receipt proves, unless the API has told of it: its word is worth more."""
    if pagamentos.por_numero(banco, r.contribuinte, canonico(r.numero)) is not None:
        return
    p = Pagamento(
        numero=canonico(r.numero),
        tipo=r.tipo.value,
        tipo_nome=NOMES_TIPO[r.tipo],
        arrecadacao=r.arrecadacao,
        periodo_apuracao=r.periodo,
        vencimento=r.vencimento,
        receita=None,
        referencia=None,
        valores=Valores(total=r.total),
        saldo=Valores(),
    )
    pagamentos.gravar(banco, r.contribuinte, [p], quando)


# --- both ------------------------------------------------------------------------------------------------------------


def _fechar(grupo: Grupo, item: Item, corpo: dict[str, object], erros: Sequence[Erro], resumo: Erro) -> None:
    """Publishes the answer `<base>-ret.json` always. With errors also `.err` and `.json`, and the file counts as
    refused."""
    dados = json.dumps(corpo, ensure_ascii=False, indent=2).encode() + b"\n"
    grupo.publicar(
        Saida(
            saidas.RESPOSTA,
            pasta_de_retorno(item.rota, grupo.contexto.rotas),
            resposta_de_pedido(item.nome),
            dados=dados,
            substitui=grupo.contexto.uninfe,
            arquivo_id=item.arquivo_id,
        )
    )
    if erros:
        grupo.recusar(item, Recusa((resumo, *erros)))
    else:
        grupo.terminar(item, Desfecho.ENTREGUE)
