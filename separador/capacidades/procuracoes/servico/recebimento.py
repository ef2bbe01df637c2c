"""Takes the accesses that the panel hands in by the socket, with their secrets, which go from memory to the vault.

A certificate that comes with an access is opened before anything is written, and installed in the access's transaction:
both are there in the end, or none.
"""

import base64
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from separador.banco.conexao import Banco, abrir
from separador.banco.instante import texto_de
from separador.capacidades.certificados.dominio import pessoa
from separador.capacidades.certificados.leitura.abridor import abrir_uma_vez
from separador.capacidades.certificados.leitura.custo_do_pfx import LIMITE_PFX
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.capacidades.procuracoes import banco as procuracoes
from separador.capacidades.procuracoes.dominio import Acesso, Validade
from separador.capacidades.procuracoes.servico import certificado_do_acesso, gravacao
from separador.capacidades.procuracoes.servico import procuracoes as servico
from separador.capacidades.procuracoes.servico.gravacao import EXCLUIR, INCLUIR
from separador.cofre.abertura import abrir_cofre
from separador.cofre.cofre import Cofre
from separador.motor.contexto import Contexto
from separador.motor.recebidos import Recebido
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.negativa import Negativa

ACESSO = "procuracao"
FEITO, RECUSADO = 0, 1
_SENHA_ERRADA = "SEP-CERT-SENHA"


class _RecusadoError(Exception):
    """Takes back everything that was written."""

    def __init__(self, mensagem: str) -> None:
        super().__init__(mensagem)
        self.mensagem = mensagem


class _SoVistoError(Exception):
    """Takes back everything that was written: it was only tried."""


def acesso(contexto: Contexto, ambiente: Mapping[str, str], dados: dict[str, Any]) -> Recebido:
    """Registers, changes or deletes one access. The vault is opened only where a secret is put in or taken out.

    With `so_ver` everything is tried and nothing kept: the answer says whose the certificate is that came along.
    """
    aberto = _abrir(dados)
    if isinstance(aberto, Recusa):
        return Recebido(RECUSADO, {"erros": [[e.mensagem, e.o_que_fazer] for e in aberto.erros]})
    with closing(abrir(contexto.dados, migrar=False)) as banco:
        try:
            with banco.transacao():
                aviso = _fazer(contexto, ambiente, banco, dados, aberto)
                _so_ver(dados)
        except _SoVistoError:
            return Recebido(FEITO, _visto(contexto, banco, dados, aberto))
        except _RecusadoError as recusado:
            return Recebido(RECUSADO, {"erros": [[recusado.mensagem, ""]]})
    return Recebido(FEITO, {"aviso": aviso})


def _so_ver(dados: Mapping[str, Any]) -> None:
    if dados.get("so_ver"):
        raise _SoVistoError


def _abrir(dados: Mapping[str, Any]) -> Aberto | Recusa | None:
    """Opens the file. Without a password it is tried all the same: there are files that have none."""
    if not dados.get("pfx"):
        return None
    pfx = base64.b64decode(dados["pfx"], validate=True)[:LIMITE_PFX]
    senha = str(dados["senha_pfx"])
    aberto = abrir_uma_vez(pfx, senha.encode())
    if not senha and isinstance(aberto, Recusa) and any(e.codigo == _SENHA_ERRADA for e in aberto.erros):
        return Recusa((Erro(_SENHA_ERRADA, "SEP", "Diga a Senha do certificado.", ""),))
    return aberto


def _visto(contexto: Contexto, banco: Banco, dados: Mapping[str, Any], aberto: Aberto | None) -> dict[str, object]:
    """Returns whose the certificate is. Nothing of it is in the database any more."""
    if aberto is None:
        return {}
    quem = aberto.certificado.identidade
    esperado = str(dados["acesso"]["certificado_cnpj"] or dados["escritorio"])
    pedido = Acesso(escritorio=str(dados["escritorio"]), **gravacao.ler(dados["acesso"]))
    avisos = certificado_do_acesso.avisos(
        banco, contexto.config, pedido, aberto, quem=str(dados["quem"]), agora=contexto.agora()
    )
    return {
        "titular": quem.titular, "pessoa": pessoa(quem), "de": texto_de(quem.validade_de),
        "ate": texto_de(quem.validade_ate), "de_outro": certificado_do_acesso.de_outro(esperado, aberto),
        "avisos": list(avisos),
    }  # fmt: skip


def _fazer(
    contexto: Contexto, ambiente: Mapping[str, str], banco: Banco, dados: Mapping[str, Any], aberto: Aberto | None
) -> str:
    quem, acao, agora = str(dados["quem"]), str(dados["acao"]), contexto.agora()
    if dados["fazer"] == EXCLUIR:
        return _excluir(contexto, ambiente, banco, dados)
    campos, segredos = gravacao.ler(dados["acesso"]), {n: str(x) for n, x in dados["segredos"].items() if x}
    cofre = _cofre(contexto, ambiente, banco) if segredos or aberto is not None else None
    hoje, novo = servico.hoje_de(agora), Acesso(escritorio=str(dados["escritorio"]), **campos)
    if aberto is not None and cofre is not None:
        _exigir(
            certificado_do_acesso.instalar(
                banco, cofre, contexto.config, novo, aberto, quem=quem, agora=agora,
                se_ja_ha=certificado_do_acesso.PELA_PAGINA,
            )
        )  # fmt: skip
    if dados["fazer"] == INCLUIR:
        feito = gravacao.incluir(banco, cofre, novo, segredos, trocada_em=hoje, quem=quem, agora=agora, acao=acao)
        _exigir(feito)
        return ""
    return _alterar(contexto, banco, cofre, dados, campos, segredos)


def _alterar(
    contexto: Contexto, banco: Banco, cofre: Cofre | None, dados: Mapping[str, Any], campos: dict[str, Any],
    segredos: dict[str, str],
) -> str:  # fmt: skip
    quem, acao, agora = str(dados["quem"]), str(dados["acao"]), contexto.agora()
    linha = procuracoes.por_id(banco, int(dados["id"]))
    if linha is None:
        raise _RecusadoError("O acesso não existe mais. Nada foi mudado.")
    antiga = procuracoes.acesso(banco, linha).validade
    if campos["validade"] == Validade() and antiga.dias is not None:
        campos["validade"] = antiga  # the form does not show days
    volta = gravacao.alterar(banco, contexto.config, linha["id"], campos, quem=quem, agora=agora, acao=acao)
    _exigir(volta)
    if segredos and cofre is not None:
        dia = servico.hoje_de(agora)
        _exigir(
            servico.guardar_segredo(banco, cofre, linha, segredos, trocada_em=dia, quem=quem, agora=agora, acao=acao)
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
