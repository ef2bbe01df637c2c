"""Reads the key `ecac` of each company: whether and how its payments are fetched."""

import re
from datetime import date

from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import ErroConfig
from separador.configuracao.uso_do_ecac import AcessoEcac, Implantacao, ServicoContratado, Utilizacao
from separador.configuracao.yaml_seguro import Mapa, linha
from separador.nucleo.chave import cnpj_valido, cpf_valido

CHAVES_UTILIZACAO = ("utiliza", "inicio", "acesso", "procurador", "servicos", "implantacao")


def ler_utilizacao(leitor: Leitor, topo: Mapa) -> Utilizacao:
    """Returns the key `ecac` of a company; its absence means that the company does not use the e-CAC."""
    mapa = leitor.submapa(topo, "ecac")
    if mapa is None:
        return Utilizacao()
    leitor.conhecer(mapa, CHAVES_UTILIZACAO)
    utiliza = leitor.booleano(mapa, "utiliza", padrao=False)
    lida = Utilizacao(
        utiliza=utiliza,
        inicio=_inicio(leitor, mapa, obrigatorio=utiliza),
        acesso=_acesso(leitor, mapa),
        procurador=_procurador(leitor, mapa),
        servicos=_servicos(leitor, mapa),
        implantacao=leitor.escolha(mapa, "implantacao", Implantacao, Implantacao.LOCAL),
    )
    if lida.recusa is not None:
        leitor.recusas.append(ErroConfig(lida.recusa, mapa.linha, mapa.caminho))
    if leitor.dia is not None and (cedo := lida.cedo_demais(leitor.dia)) is not None:
        leitor.recusas.append(ErroConfig(cedo, linha(mapa.nos["inicio"]), mapa.chave("inicio")))
    if lida.aviso is not None:
        leitor.avisos.append(ErroConfig(lida.aviso, mapa.linha, mapa.caminho))
    for chave, valor in (
        ("utiliza", "true" if lida.utiliza else "false"),
        ("inicio", lida.inicio or "(falta)"),
        ("acesso", lida.acesso),
        ("procurador", lida.procurador or "(a própria empresa)"),
        ("servicos", " ".join(lida.servicos)),
        ("implantacao", lida.implantacao),
    ):
        leitor.anotar(mapa, chave, valor)
    return lida


def _inicio(leitor: Leitor, mapa: Mapa, *, obrigatorio: bool) -> date | None:
    texto = leitor.escalar(mapa, "inicio")
    if texto is None:
        if obrigatorio:
            mensagem = 'falta a chave "inicio": a data (AAAA-MM-DD) desde a qual os pagamentos são procurados'
            leitor.errar(mensagem, mapa.linha, mapa.caminho)
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", texto):
            return date.fromisoformat(texto)
    except ValueError:
        pass  # the error is noted below, as for any other text that is no date
    leitor.errar(f'deve ser uma data, AAAA-MM-DD, e está "{texto}"', mapa.nos["inicio"], mapa.chave("inicio"))
    return None


def _acesso(leitor: Leitor, mapa: Mapa) -> AcessoEcac:
    """Accepts the text as people write it: with or without accent, in any case."""
    texto = leitor.escalar(mapa, "acesso")
    if texto is None:
        return AcessoEcac.A1
    limpo = texto.casefold().replace("codigo", "código")
    achado = next((a for a in AcessoEcac if a.casefold() in (limpo, f"certificado {limpo}")), None)
    if achado is None:
        mensagem = f'"{texto}" não existe; os valores são: {", ".join(AcessoEcac)}'
        leitor.errar(mensagem, mapa.nos["acesso"], mapa.chave("acesso"))
    return achado or AcessoEcac.A1


def _procurador(leitor: Leitor, mapa: Mapa) -> str | None:
    texto = leitor.escalar(mapa, "procurador")
    if texto is None:
        return None
    numero = re.sub(r"[./-]", "", texto).upper()
    if cnpj_valido(numero) or cpf_valido(numero):
        return numero
    leitor.errar(f'"{texto}" não é um CNPJ nem um CPF', mapa.nos["procurador"], mapa.chave("procurador"))
    return None


def _servicos(leitor: Leitor, mapa: Mapa) -> tuple[ServicoContratado, ...]:
    if "servicos" not in mapa.nos:
        return Utilizacao().servicos
    achados: list[ServicoContratado] = []
    for texto, no in leitor.textos(mapa, "servicos"):
        servico = next((s for s in ServicoContratado if s.casefold() == texto.strip().casefold()), None)
        if servico is None:
            mensagem = f'"{texto}" não existe; os serviços são: {", ".join(ServicoContratado)}'
            leitor.errar(mensagem, linha(no), mapa.chave("servicos"))
        else:
            achados.append(servico)
    return tuple(dict.fromkeys(achados))
