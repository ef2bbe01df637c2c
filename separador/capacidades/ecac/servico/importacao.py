"""Runs one import from beginning to end.

Everything that it does is remembered at once. The next run takes up one that died where it was, and asks nothing twice
that was answered and stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from separador.banco.instante import instante_de
from separador.capacidades.ecac.banco import empresas as ecac_empresas
from separador.capacidades.ecac.banco import ocorrencias
from separador.capacidades.ecac.banco.empresas import CONCLUIDA, PARADA
from separador.capacidades.ecac.dominio.consulta import Consulta
from separador.capacidades.ecac.dominio.ocorrencia import Especie, Ocorrencia
from separador.capacidades.ecac.servico import busca_de_comprovantes, comprovantes, pagamentos
from separador.capacidades.ecac.servico.autores import Certificados, com_acesso, liberar
from separador.capacidades.ecac.servico.execucao import Execucao, ParadaError
from separador.configuracao import Empresa
from separador.configuracao.uso_do_ecac import Modo
from separador.nucleo.falha import descrever
from separador.nucleo.fuso import dia_e_hora
from separador.nucleo.texto.quantidade import quantos

AGENDA, COMANDO = "agenda", "comando"
INTERROMPIDA = "SEP-ECAC-INTERROMPIDA"
"""The service stopped in the middle, in good order: nothing is answered, and the next start goes on."""
DA_INSTALACAO = (Especie.ORCAMENTO, Especie.CREDENCIAL)
"""Occurrences of the contractor, not of a company: closed when a run ends well."""


@dataclass(frozen=True, slots=True)
class PedidoImportacao:
    """The order of an import. `empresa` None = all; `a3`: those whose termo a token signed just now, instead of the A1
    ones."""

    motivo: str = AGENDA
    quem: str = "serviço"
    empresa: str | None = None
    a3: bool = False
    tarefa_id: int | None = None


@dataclass(frozen=True, slots=True)
class Fim:
    """The end of a run. `concluida` False: it stopped, and `mensagem` says why and what was done."""

    concluida: bool
    mensagem: str
    codigo: str = "SEP-ECAC-IMPORTADO"


def escolher(empresas: Sequence[Empresa], pedido: PedidoImportacao, dia: date) -> list[Empresa]:
    """Returns the companies of a run: never one that does not use the e-CAC yet, nor one with A3 by schedule."""
    modo = Modo.SOB_DEMANDA if pedido.a3 else Modo.AUTOMATICO
    deste = [e for e in empresas if e.ecac.modo is modo and pedido.empresa in (None, e.cnpj)]
    return [e for e in deste if not e.ecac.comeca_depois_de(dia)]


def executar(execucao: Execucao, pedido: PedidoImportacao, certificados: Certificados) -> Fim:
    """Runs it. Expected ends are values. Only an unforeseen error is raised, with the run recorded as stopped."""
    with execucao.banco.transacao():
        execucao.importacao_id = ecac_empresas.iniciar(
            execucao.banco, motivo=pedido.motivo, quem=pedido.quem, empresa=pedido.empresa, a3=pedido.a3,
            tarefa_id=pedido.tarefa_id, quando=execucao.quando,
        )  # fmt: skip
    if execucao.livro is not None:
        execucao.livro.importacao_id = execucao.importacao_id
    escolhidas = escolher(list(execucao.empresas.values()), pedido, date.fromisoformat(execucao.hoje))
    try:
        _correr(execucao, pedido, escolhidas, certificados)
    except ParadaError as parada:
        if execucao.parar.is_set():
            # Left as it is, under way: the next start finds it, as after a crash, and goes on.
            return Fim(False, descrever(INTERROMPIDA)[0], INTERROMPIDA)
        _sem_a_vez(execucao, escolhidas, parada)
        _mostrar_parada(execucao, parada)
        return _terminar(execucao, PARADA, f"Parou: {parada.motivo}.", parada.codigo)
    except BaseException:
        _terminar(execucao, PARADA, "Parou por um erro inesperado; veja os incidentes.", "SEP-ECAC-INCIDENTE")
        raise
    with execucao.banco.transacao():
        for especie in DA_INSTALACAO:
            ocorrencias.encerrar(
                execucao.banco, especie, execucao.config.contratante, execucao.quando, "importação concluída"
            )
    return _terminar(execucao, CONCLUIDA, "", "SEP-ECAC-IMPORTADO")


def _correr(
    execucao: Execucao, pedido: PedidoImportacao, escolhidas: list[Empresa], certificados: Certificados
) -> None:
    comprovantes.arquivar_pendentes(execucao.banco, execucao.bases, execucao.agora())
    autores = com_acesso(execucao, escolhidas)
    empresas = [e for e in escolhidas if e.cnpj in autores]
    pagamentos.ver_eventos(execucao, autores)
    devidas = pagamentos.devidas(execucao, empresas, autores, todas=pedido.empresa is not None or pedido.a3)
    _dizer_se_negada(execucao, pedido, autores)

    def autor_de(cnpj: str) -> str | None:
        return liberar(execucao, execucao.empresas[cnpj], certificados).autor

    for i, empresa in enumerate(devidas):
        execucao.vivo()
        execucao.progredir("pagamentos", len(devidas), i)
        autor = autor_de(empresa.cnpj)
        if autor is not None:
            pagamentos.consultar(execucao, empresa, autor)
    if devidas:
        execucao.progredir("pagamentos", len(devidas), len(devidas))
    ate = execucao.quando if pedido.motivo == AGENDA else busca_de_comprovantes.SEM_ESPERA
    devem = busca_de_comprovantes.com_comprovantes_devidos(execucao, ate) & frozenset(autores)
    busca_de_comprovantes.baixar_todos(execucao, devem, ate, autor_de)


def _sem_a_vez(execucao: Execucao, escolhidas: Sequence[Empresa], parada: ParadaError) -> None:
    """Notes of the companies whose turn did not come why the run stopped before them."""
    situacao = Consulta.ORCAMENTO if parada.especie is Especie.ORCAMENTO else Consulta.NAO_CHEGOU
    with execucao.banco.transacao():
        ecac_empresas.nao_chegou(
            execucao.banco, [e.cnpj for e in escolhidas], situacao.value, parada.motivo,
            quando=execucao.quando, importacao_id=execucao.importacao_id,
        )  # fmt: skip


def _dizer_se_negada(execucao: Execucao, pedido: PedidoImportacao, autores: Mapping[str, str]) -> None:
    """Tells a person, who asked for a company that was refused today, why nothing is asked. Raises ParadaError."""
    estado = ecac_empresas.uma(execucao.banco, pedido.empresa) if pedido.empresa is not None else None
    if estado is not None and pagamentos.negada(estado, autores.get(estado["cnpj"]), execucao.quando):
        ate = dia_e_hora(instante_de(estado["negada_ate"]), segundos=False)
        a_quem = f" a {estado['negada_autor']}" if estado["negada_autor"] is not None else ""
        motivo = f"recusada há pouco{a_quem} ({estado['negada_por']}); será consultada de novo depois de {ate}"
        raise ParadaError(motivo, codigo="SEP-ECAC-NEGADA")


def _mostrar_parada(execucao: Execucao, parada: ParadaError) -> None:
    execucao.log.warning("a importação do e-CAC parou", acao="e-CAC", motivo=parada.motivo)
    if parada.especie is None:
        return
    o = Ocorrencia(parada.especie, execucao.config.contratante, "instalacao", f"{parada.motivo}.")
    with execucao.banco.transacao():
        ocorrencias.abrir(execucao.banco, o, execucao.quando)


def _terminar(execucao: Execucao, estado: str, porque: str, codigo: str) -> Fim:
    with execucao.banco.transacao():
        linha = ecac_empresas.importacao(execucao.banco, execucao.importacao_id)
        feito = ""
        if linha is not None:
            partes = (
                quantos(linha["empresas"], "empresa consultada", "empresas consultadas"),
                quantos(linha["pagamentos"], "pagamento novo", "pagamentos novos"),
                quantos(linha["baixas"], "guia baixada", "guias baixadas"),
                quantos(linha["comprovantes"], "comprovante", "comprovantes"),
            )
            feito = f"{', '.join(partes)}."
        mensagem = f"{porque} {feito}".strip()
        ecac_empresas.terminar(execucao.banco, execucao.importacao_id, estado, mensagem, execucao.quando)
    return Fim(estado == CONCLUIDA, mensagem, codigo)
