"""Takes the accesses that the panel hands in by the socket, with their secrets, which go from memory to the vault."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from separador.banco.conexao import Banco, abrir
from separador.capacidades.procuracoes import banco as procuracoes
from separador.capacidades.procuracoes.dominio import Acesso, Validade
from separador.capacidades.procuracoes.servico import gravacao
from separador.capacidades.procuracoes.servico import procuracoes as servico
from separador.capacidades.procuracoes.servico.gravacao import EXCLUIR, INCLUIR
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.motor.contexto import Contexto
from separador.motor.recebidos import Recebido
from separador.nucleo.erro import Recusa
from separador.nucleo.negativa import Negativa

ACESSO = "procuracao"
FEITO, RECUSADO = 0, 1


class _RecusadoError(Exception):
    """Takes back everything that was written."""

    def __init__(self, mensagem: str) -> None:
        super().__init__(mensagem)
        self.mensagem = mensagem


def acesso(contexto: Contexto, ambiente: Mapping[str, str], dados: dict[str, Any]) -> Recebido:
    """Registers, changes or deletes one access. The vault is opened only where a secret is put in or taken out."""
    with closing(abrir(contexto.dados, migrar=False)) as banco:
        try:
            with banco.transacao():
                return Recebido(FEITO, {"aviso": _fazer(contexto, ambiente, banco, dados)})
        except _RecusadoError as recusado:
            return Recebido(RECUSADO, {"erros": [[recusado.mensagem, ""]]})


def _fazer(contexto: Contexto, ambiente: Mapping[str, str], banco: Banco, dados: Mapping[str, Any]) -> str:
    quem, acao, agora = str(dados["quem"]), str(dados["acao"]), contexto.agora()
    if dados["fazer"] == EXCLUIR:
        return _excluir(contexto, ambiente, banco, dados)
    campos, segredos = gravacao.ler(dados["acesso"]), {n: str(x) for n, x in dados["segredos"].items() if x}
    cofre, hoje = _cofre(contexto, ambiente, banco) if segredos else None, servico.hoje_de(agora)
    if dados["fazer"] == INCLUIR:
        novo = Acesso(escritorio=str(dados["escritorio"]), **campos)
        feito = gravacao.incluir(banco, cofre, novo, segredos, trocada_em=hoje, quem=quem, agora=agora, acao=acao)
        _exigir(feito)
        return ""
    linha = procuracoes.por_id(banco, int(dados["id"]))
    if linha is None:
        raise _RecusadoError("O acesso não existe mais. Nada foi mudado.")
    antiga = procuracoes.acesso(banco, linha).validade
    if campos["validade"] == Validade() and antiga.dias is not None:
        campos["validade"] = antiga  # the form does not show days
    volta = gravacao.alterar(banco, contexto.config, linha["id"], campos, quem=quem, agora=agora, acao=acao)
    _exigir(volta)
    if segredos and cofre is not None:
        _exigir(
            servico.guardar_segredo(banco, cofre, linha, segredos, trocada_em=hoje, quem=quem, agora=agora, acao=acao)
        )
    return str(volta).strip()


def _excluir(contexto: Contexto, ambiente: Mapping[str, str], banco: Banco, dados: Mapping[str, Any]) -> str:
    numero, agora = int(dados["id"]), contexto.agora()
    linha = procuracoes.por_id(banco, numero)
    tem_segredo = linha is not None and linha["segredo_id"] is not None
    cofre = _cofre(contexto, ambiente, banco) if tem_segredo else None
    em_uso = servico.usos_de_agora(banco.conn, contexto.config, agora)
    acao, quem = str(dados["acao"]), str(dados["quem"])
    _exigir(servico.excluir(banco, cofre, numero, em_uso, quem=quem, agora=agora, acao=acao))
    return ""


def _cofre(contexto: Contexto, ambiente: Mapping[str, str], banco: Banco) -> Cofre:
    aberto = abrir_cofre(contexto.dados, banco, ambiente)
    if isinstance(aberto, Recusa):
        erro = aberto.erros[0]
        raise _RecusadoError(f"{erro.mensagem} {erro.o_que_fazer} Nada foi mudado.")
    return aberto


def _exigir(feito: object) -> None:
    if isinstance(feito, Negativa):
        raise _RecusadoError(feito.mensagem)
