"""Carries out orders about certificates: check and take up now, try a PIN that was told, another default, removal."""

import os
from collections.abc import Callable
from sqlite3 import Row

from separador.acesso.banco import usuarios
from separador.acesso.dominio import Direito
from separador.acesso.servico.autorizacao import usuario_com
from separador.banco import arquivos
from separador.banco import pedidos as tabela_de_pedidos
from separador.capacidades.certificados import banco as tabela
from separador.capacidades.certificados.servico.instalacao import remover, trocar_padrao
from separador.capacidades.certificados.servico.nomes import dias
from separador.capacidades.certificados.servico.papeis import que_emitem
from separador.capacidades.certificados.servico.por_que_nao_assina import por_que_nao_assina
from separador.capacidades.certificados.servico.tokens import tokens_de
from separador.cofre.abertura import abrir_cofre
from separador.motor.desfecho.grupo import Grupo
from separador.nucleo.erro import Recusa
from separador.nucleo.falha import descrever
from separador.nucleo.fuso import dia


def conferir(grupo: Grupo, linha: Row) -> None:
    """Says which certificates are in use, and lets waiting documents go now.

    The loop has looked at vault and files just before the orders.
    """
    contexto = grupo.contexto
    for empresa in contexto.config.empresas:
        arquivos.soltar_retidos(grupo.banco, f"certificado:{empresa.cnpj[:8]}", grupo.quando)
    emitem = que_emitem(contexto.config, grupo.banco)
    em_uso = [_frase(e.nome, e.cnpj, grupo) for e in contexto.config.empresas if e.cnpj in emitem]
    mensagem = " ".join(em_uso) or "Nenhuma empresa da configuração emite documentos."
    tabela_de_pedidos.encerrar(
        grupo.banco, linha["id"], tabela_de_pedidos.FEITA, "SEP-CERT-CONFERIDO", mensagem, grupo.quando
    )
    grupo.linhas.append({"event": mensagem, "acao": "validade", "quem": linha["quem"]})


def _frase(nome: str, cnpj: str, grupo: Grupo) -> str:
    if cnpj[:8] in grupo.contexto.certificados_por_abrir:
        return f"{nome}: o arquivo do certificado é aberto quando um documento precisar dele."
    assinador = grupo.contexto.assinador(cnpj)
    if assinador is None:
        vencido = por_que_nao_assina(grupo.contexto, cnpj)
        porque = f" {vencido.texto}" if vencido is not None else ""
        return f"{nome}: sem certificado em vigor; os documentos esperam.{porque}"
    quem = assinador.certificado.identidade
    return f"{nome}: em uso o de {quem.titular}, até {dia(quem.validade_ate)} ({dias(quem.validade_ate, grupo.agora)})."


def do_pin(grupo: Grupo, linha: Row) -> None:
    """Ends the order with the result of the PIN that the command handed in by the socket.

    The loop tried it just before.
    """
    certificado_id = int(linha["chave"])
    certificado = tabela.por_id(grupo.banco, certificado_id)
    problema = tokens_de(grupo.contexto).problema(certificado_id)
    if (
        certificado is None
        or not certificado["padrao"]
        or certificado["empresa"] not in tokens_de(grupo.contexto).empresas()
    ):
        texto, _ = descrever("SEP-TOKEN-FORA-DE-USO")
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, "SEP-TOKEN-FORA-DE-USO", texto, grupo.quando
        )
    elif problema is not None:
        texto = f"{problema.mensagem} {problema.o_que_fazer}"
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.RECUSADA, problema.codigo, texto, grupo.quando
        )
    else:
        tabela.recusar_pin(grupo.banco, certificado_id, None)
        texto = f"O token do certificado {certificado['apelido']} está aberto e assina."
        tabela_de_pedidos.encerrar(
            grupo.banco, linha["id"], tabela_de_pedidos.FEITA, "SEP-TOKEN-ABERTO", texto, grupo.quando
        )


def tornar_padrao(grupo: Grupo, linha: Row) -> None:
    """Makes a certificate the default of its company. The loop takes it up by itself."""

    def fazer(certificado: Row) -> Recusa | None:
        return trocar_padrao(grupo.banco, certificado["empresa"], certificado["apelido"], grupo.agora)

    _mudar(grupo, linha, fazer, "SEP-CERT-TROCADO", 'O padrão da empresa {empresa} agora é "{apelido}".')


def retirar(grupo: Grupo, linha: Row) -> None:
    """Takes a certificate out of use and deletes its key, unless it is still needed."""

    def fazer(certificado: Row) -> Recusa | None:
        contexto = grupo.contexto
        cofre = abrir_cofre(contexto.dados, grupo.banco, os.environ)
        if isinstance(cofre, Recusa):
            return cofre
        return remover(grupo.banco, cofre, certificado["empresa"], certificado["apelido"], grupo.agora, forcar=False)

    dito = 'O certificado "{apelido}" saiu de uso e a chave dele foi apagada do cofre.'
    _mudar(grupo, linha, fazer, "SEP-CERT-REMOVIDO", dito)


def _mudar(grupo: Grupo, linha: Row, fazer: Callable[[Row], Recusa | None], codigo: str, dito: str) -> None:
    """Carries the order out, or says why not. It is an administrator's, also when its turn comes."""
    certificado = tabela.por_id(grupo.banco, int(linha["chave"]))
    recusa: tuple[str, str] | None = None
    if usuarios.ha_usuarios(grupo.banco) and not usuario_com(grupo.banco, linha["quem"], Direito.ADMINISTRAR):
        recusa = "SEP-ACESSO-NIVEL", f"{linha['quem']} não é um administrador ativo; nada foi mudado."
    elif certificado is None or certificado["removido_em"] is not None:
        recusa = "SEP-CERT-NAO-HA", "O certificado já não está em uso; nada foi mudado."
    elif (feito := fazer(certificado)) is not None:
        erros = [f"{e.mensagem} {e.o_que_fazer}" for e in feito.erros]
        recusa = feito.erros[0].codigo, " ".join(erros)
    if recusa is not None or certificado is None:
        codigo, mensagem = recusa or ("SEP-CERT-NAO-HA", "")
    else:
        mensagem = dito.format(empresa=certificado["empresa"], apelido=certificado["apelido"])
    estado = tabela_de_pedidos.FEITA if recusa is None else tabela_de_pedidos.RECUSADA
    tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, codigo, mensagem, grupo.quando)
    grupo.linhas.append({"event": mensagem, "acao": linha["pedido"], "quem": linha["quem"]})
