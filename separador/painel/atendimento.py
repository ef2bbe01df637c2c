"""Serves one request in a thread: session, right, the page in one transaction, and the answer as HTTP."""

import json
import sqlite3
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlencode

from starlette.responses import Response

from separador.acesso import dominio as acesso
from separador.acesso.banco import auditoria, usuarios
from separador.acesso.dominio import Direito
from separador.acesso.servico import autorizacao
from separador.acesso.servico.autorizacao import Autor
from separador.banco import leitura
from separador.banco.instante import texto_de
from separador.banco.versoes.marca import BancoRecusadoError
from separador.motor.log.log import registrador, registrar_incidente
from separador.nucleo import capacidade
from separador.nucleo.capacidade import Tela
from separador.nucleo.texto.razao import razao
from separador.painel import guarda
from separador.painel.base import moldura
from separador.painel.base.campos import Campos
from separador.painel.base.casa import Casa, marca_de
from separador.painel.base.envio import Guarda
from separador.painel.base.ordens import ja_dadas
from separador.painel.base.resposta import (
    ERRO,
    MALFEITO,
    METODO,
    NAO_AUTENTICADO,
    NAO_HA,
    OCUPADO,
    PROIBIDO,
    TITULOS,
    Arquivo,
    Dados,
    Erro,
    Ir,
    Pagina,
)
from separador.painel.base.resposta import Resposta as DaPagina
from separador.painel.base.visita import Visita
from separador.pedidos import acoes, escrita

PRAZO_S = 2.0
"""Time that a page may read the database."""
_PASSOS = 20_000
_HTML = "text/html; charset=utf-8"
PRIMEIRO, ENTRAR = "/primeiro-acesso", "/entrar"
DE_FORA = "O pedido não veio de uma página deste painel, e nada foi mudado. Abra o painel de novo e repita."
SEM_TELA = Tela("", "")
SEM_PAGINA = "Não há esta página no painel."
SEM_ENVIO = "Esta página não aceita este pedido."


@dataclass(slots=True)
class Chegada:
    """One request as it came. `programa`: a script of a page asks, and not a person who opens it. `de`: the
    address of the browser."""

    tela: Tela
    agora: datetime
    caminho: str
    enviada: bool
    partes: Mapping[str, str]
    consulta: Campos
    ficha: str | None = field(default=None, repr=False)
    versao: str | None = None
    programa: bool = False
    de: str = ""
    campos: Campos = field(default_factory=Campos)
    arquivos: Guarda | None = None

    @property
    def acao(self) -> str:
        """Returns the action whose right is asked for."""
        return (self.tela.muda if self.enviada else self.tela.acao) or ""

    @property
    def pede_sessao(self) -> bool:
        """Says whether the page is for who has come in."""
        return self.tela.com_sessao or acoes.direito_de(self.acao) is not Direito.LIVRE


class Atendente:
    """Serves requests of one installation."""

    def __init__(self, casa: Casa) -> None:
        self.casa = casa

    def barrar(self, c: Chegada) -> Response | None:
        """Returns why a form is not even looked at: no session, or not the level."""
        if not c.pede_sessao:
            return None
        try:
            with self._lendo(c) as v:
                return self._barrada(c, v)
        except Exception as erro:  # noqa: BLE001 -- a page never shows a traceback
            return self._negar(c, erro)

    def recusar_envio(self, c: Chegada, estado: int, mensagem: str) -> Response:
        """Says why the files that came with a form were not even kept."""
        try:
            with self._lendo(c) as v:
                _anotar(c, v, estado)
                return self._pagina_de_erro(v, Erro(estado, f"{mensagem} Nada foi guardado."))
        except Exception as erro:  # noqa: BLE001 -- a page never shows a traceback
            return self._negar(c, erro)

    def de_fora(self, c: Chegada) -> Response:
        """Refuses what another page sent. What came with somebody's session is a line of the audit trail."""
        with suppress(Erro, sqlite3.Error), self._lendo(c) as v:
            if v.autor is not None:
                _recusar(c, v, DE_FORA)
            else:
                _anotar(c, v, PROIBIDO)
        return Response(moldura.solta(TITULOS[PROIBIDO], DE_FORA), PROIBIDO, media_type=_HTML)

    def nao_ha(self, c: Chegada) -> Response:
        """Answers a path that no page has; to who is in with the frame of every page."""
        try:
            with self._lendo(c) as v:
                if v.autor is not None:
                    return self._pagina_de_erro(v, Erro(NAO_HA, SEM_PAGINA))
        except Exception as erro:  # noqa: BLE001 -- a page never shows a traceback
            return self._negar(c, erro)
        return Response(moldura.solta(TITULOS[NAO_HA], SEM_PAGINA), NAO_HA, media_type=_HTML)

    def sem_envio(self, c: Chegada) -> Response:
        """Refuses a form for a page that takes none."""
        try:
            with self._lendo(c) as v:
                if v.autor is None and c.pede_sessao:
                    return self._sem_sessao(c, v)
        except Exception as erro:  # noqa: BLE001 -- a page never shows a traceback
            return self._negar(c, erro)
        return Response(moldura.solta(TITULOS[METODO], SEM_ENVIO), METODO, {"Allow": "GET, HEAD"}, _HTML)

    def atender(self, c: Chegada) -> Response:
        """Returns the answer of the page."""
        try:
            with self._lendo(c) as v:
                barrada = self._barrada(c, v)
                if barrada is not None:
                    return barrada
                if not v.ha(c.tela):
                    return self._pagina_de_erro(v, Erro(NAO_HA, SEM_PAGINA))
                feita: DaPagina = ja_dadas(v) or capacidade.resolver(c.tela.pagina)(v)
                resposta = self._responder(c, v, feita)
                if c.enviada and not v.so_pergunta:
                    _anotar(c, v, resposta.status_code)
                return resposta
        except Exception as erro:  # noqa: BLE001 -- a page never shows a traceback
            return self._negar(c, erro)

    # --- reading -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _lendo(self, c: Chegada) -> Generator[Visita, None, None]:
        configuracao = self.casa.configuracao()
        self.casa.pendentes.passou(c.agora)
        marca = marca_de(configuracao.dados)
        aberto = leitura.abrir_leitura(configuracao.dados)
        v = Visita(
            self.casa, configuracao, c.tela, c.agora, c.caminho, c.enviada, c.partes, c.consulta, c.campos,
            sessao=c.ficha, aberto=aberto, marca=marca, arquivos=c.arquivos,
        )  # fmt: skip
        try:
            if aberto is None:
                yield v
                return
            limite = time.monotonic() + PRAZO_S
            aberto.set_progress_handler(lambda: time.monotonic() > limite, _PASSOS)
            with leitura.um_instante(aberto):
                v.autor = self._autor(aberto, c)
                yield v
        finally:
            leitura.fechar(aberto)

    @staticmethod
    def _autor(banco: sqlite3.Connection, c: Chegada) -> Autor | None:
        if c.ficha is None or not usuarios.ha_usuarios(banco):
            return None
        achado = autorizacao.da_sessao(banco, c.ficha, usuarios.CONTA_DO_PAINEL, c.agora)
        return achado if isinstance(achado, Autor) else None

    # --- refusing ----------------------------------------------------------------------------------------------------

    def _barrada(self, c: Chegada, v: Visita) -> Response | None:
        if not c.pede_sessao:
            return None
        return self._sem_sessao(c, v) if v.autor is None else self._sem_nivel(c, v)

    def _sem_sessao(self, c: Chegada, v: Visita) -> Response:
        if c.enviada or c.programa:
            erro = Erro(NAO_AUTENTICADO, "A sessão terminou; nada foi mudado. Entre de novo e repita.")
            return self._pagina_de_erro(v, erro)
        if v.aberto is None or not usuarios.ha_usuarios(v.aberto):
            return _ir(PRIMEIRO)
        return _ir(f"{ENTRAR}?{urlencode({'depois': c.consulta.endereco(c.caminho)}, safe='/')}")

    def _sem_nivel(self, c: Chegada, v: Visita) -> Response | None:
        if v.autor is None or v.pode(c.acao):
            return None
        mensagem = guarda.falta_nivel(v.autor, acesso.niveis_com(acoes.direito_de(c.acao)))
        _recusar(c, v, mensagem)
        return self._pagina_de_erro(v, Erro(PROIBIDO, mensagem))

    def _negar(self, c: Chegada, erro: Exception) -> Response:
        if not isinstance(erro, (Erro, sqlite3.Error)):
            return self._incidente(c, erro)
        dito = erro if isinstance(erro, Erro) else Erro(OCUPADO, _do_banco(erro))
        try:
            with self._lendo(c) as v:
                return self._pagina_de_erro(v, dito)
        except sqlite3.Error:
            return Response(moldura.solta(dito.titulo, dito.mensagem), dito.estado, media_type=_HTML)

    def _incidente(self, c: Chegada, erro: Exception) -> Response:
        numero = registrar_incidente(self.casa.dados, erro, {"pagina": c.tela.caminho}, c.agora)
        mensagem = f"A página teve um erro inesperado (incidente {numero}); os detalhes estão na pasta incidentes."
        return Response(moldura.solta("Erro inesperado", mensagem), ERRO, media_type=_HTML)

    @staticmethod
    def _pagina_de_erro(v: Visita, erro: Erro) -> Response:
        v.consulta = Campos()
        pagina = Pagina("painel/erro.html", erro.titulo, estado=erro.estado, avisos=(erro.mensagem,))
        return Response(moldura.desenhar(v, pagina), erro.estado, media_type=_HTML)

    # --- answering ---------------------------------------------------------------------------------------------------

    def _responder(self, c: Chegada, v: Visita, feita: DaPagina) -> Response:
        if isinstance(feita, Pagina):
            return Response(moldura.desenhar(v, feita), feita.estado, media_type=_HTML)
        if isinstance(feita, Ir):
            resposta = _ir(feita.caminho)
            if feita.sessao is not None:
                duracao_s = int(acesso.DURACAO_SESSAO.total_seconds()) if feita.sessao else 0
                valor = guarda.cookie(v.configuracao.painel, feita.sessao, duracao_s)
                resposta.headers["Set-Cookie"] = valor
            return resposta
        if isinstance(feita, Dados):
            return _dados(feita, c.versao)
        return _arquivo(feita)


def _anotar(c: Chegada, v: Visita, estado: int) -> None:
    """Writes a line of what was sent: who, which page, how it ended. No field of a form and no query is in it, but the
    e-mail of who comes in."""
    if not v.dados.is_dir():
        return
    quem = v.quem if v.autor is not None else acesso.email_normal(c.campos.um("email")) or "?"
    feito = estado < MALFEITO
    nivel = registrador(quem=quem, pagina=c.caminho, estado=estado, de=c.de)
    (nivel.info if feito else nivel.warning)("Feito" if feito else "Recusado", acao=c.acao)


def _recusar(c: Chegada, v: Visita, mensagem: str) -> None:
    """Records a refusal of somebody who is in: in the log and in the audit trail."""
    _anotar(c, v, PROIBIDO)
    with escrita.escrevendo(v.dados) as banco, banco.transacao():
        auditoria.registrar(
            banco, texto_de(c.agora), v.quem, "painel", c.acao, resultado=auditoria.RECUSADO, detalhe=mensagem
        )


def _ir(caminho: str) -> Response:
    return Response(status_code=303, headers={"Location": caminho})


def _dados(feita: Dados, versao: str | None) -> Response:
    etiqueta = f'"{feita.versao}"' if feita.versao is not None else None
    cabecalhos = {"ETag": etiqueta} if etiqueta is not None else {}
    if etiqueta is not None and versao == etiqueta:
        return Response(status_code=304, headers=cabecalhos)
    return Response(json.dumps(feita.valor, ensure_ascii=False), headers=cabecalhos, media_type="application/json")


def _arquivo(feita: Arquivo) -> Response:
    como = "inline" if feita.na_pagina else "attachment"
    nome = quote(feita.nome, safe="")
    cabecalhos = {"Content-Disposition": f"{como}; filename*=UTF-8''{nome}"}
    return Response(feita.dados, headers=cabecalhos, media_type=feita.tipo)


def _do_banco(erro: sqlite3.Error) -> str:
    if isinstance(erro, BancoRecusadoError):
        return str(erro)
    if "interrupted" in str(erro):
        return f"A consulta passou de {PRAZO_S:.0f} s e foi interrompida; nada foi mudado. Use um filtro mais estreito."
    return f"O banco não pôde ser usado agora ({razao(erro)}); nada foi mudado. Tente de novo em alguns segundos."
