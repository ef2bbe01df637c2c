"""Reads the key `sefaz`: how the service itself talks to SEFAZ."""

import re
from urllib.parse import SplitResult, urlsplit

from separador.configuracao.distribuicao import ler_distribuicao
from separador.configuracao.empresas import ler_cnpj, ler_origem_da_senha
from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import ConfigSefaz, OrigemSenha, ResponsavelTecnico
from separador.configuracao.yaml_seguro import Mapa

CHAVES_SEFAZ = (
    *("em_voo", "prazo_conexao", "prazo_resposta", "ca", "proxy", "enderecos", "simulador"),
    *("responsavel_tecnico", "contingencia_offline", "distribuicao"),
)
CHAVES_RESPONSAVEL = ("cnpj", "contato", "email", "fone", "id_csrt", "csrt")
_PRAZO_MAXIMO_S = 600
_EM_VOO_MAXIMO = 256


def ler_sefaz(leitor: Leitor, topo: Mapa) -> ConfigSefaz:
    """Returns the section, or its defaults; errors are noted in `leitor`."""
    mapa = leitor.submapa(topo, "sefaz")
    if mapa is None:
        return ConfigSefaz()
    leitor.conhecer(mapa, CHAVES_SEFAZ)
    padrao = ConfigSefaz()
    lida = ConfigSefaz(
        em_voo=leitor.inteiro(mapa, "em_voo", padrao.em_voo, 1, _EM_VOO_MAXIMO) or padrao.em_voo,
        prazo_conexao_s=_prazo(leitor, mapa, "prazo_conexao", padrao.prazo_conexao_s),
        prazo_resposta_s=_prazo(leitor, mapa, "prazo_resposta", padrao.prazo_resposta_s),
        ca=leitor.caminho(mapa, "ca"),
        proxy=_proxy(leitor, mapa),
        enderecos=leitor.caminho(mapa, "enderecos"),
        simulador=_simulador(leitor, mapa, padrao.simulador),
        responsavel_tecnico=_responsavel(leitor, mapa),
        contingencia_offline=leitor.booleano(mapa, "contingencia_offline", False),
        distribuicao=ler_distribuicao(leitor, mapa),
    )
    _anotar(leitor, mapa, lida)
    return lida


def _prazo(leitor: Leitor, mapa: Mapa, nome: str, padrao_s: float) -> float:
    valor_s = leitor.segundos(mapa, nome)
    if valor_s is None:
        return padrao_s
    if not 0 < valor_s <= _PRAZO_MAXIMO_S:
        mensagem = f"deve ser maior que zero e no máximo {_PRAZO_MAXIMO_S} segundos, e está {valor_s:g}"
        leitor.errar(mensagem, mapa.nos[nome], mapa.chave(nome))
        return padrao_s
    return valor_s


def _url(leitor: Leitor, mapa: Mapa, nome: str, esquemas: tuple[str, ...]) -> SplitResult | None:
    texto = leitor.escalar(mapa, nome)
    if texto is None:
        return None
    try:
        partes = urlsplit(texto)
        valida = partes.scheme in esquemas and bool(partes.hostname) and (partes.port or 1) > 0
    except ValueError:  # a port that is no number, brackets that do not close
        valida = False
    if not valida or partes.path.strip("/") or partes.query or partes.fragment:
        exemplo = " ou ".join(f"{e}://servidor:porta" for e in esquemas)
        leitor.errar(f'deve ser {exemplo}, sem caminho, e está "{texto}"', mapa.nos[nome], mapa.chave(nome))
        return None
    return partes


def _proxy(leitor: Leitor, mapa: Mapa) -> str | None:
    # Only plain HTTP to the proxy (TLS to SEFAZ goes through it): the client counts what it wrote at its TLS socket.
    partes = _url(leitor, mapa, "proxy", ("http",))
    if partes is None:
        return None
    if "@" in partes.netloc:
        mensagem = "usuário e senha não podem ficar escritos neste arquivo; use um proxy que libere esta máquina"
        leitor.errar(mensagem, mapa.nos["proxy"], mapa.chave("proxy"))
        return None
    return f"{partes.scheme}://{partes.netloc}"


def _simulador(leitor: Leitor, mapa: Mapa, padrao: str) -> str:
    partes = _url(leitor, mapa, "simulador", ("https",))
    return padrao if partes is None else f"https://{partes.netloc}"


def _responsavel(leitor: Leitor, topo: Mapa) -> ResponsavelTecnico | None:
    mapa = leitor.submapa(topo, "responsavel_tecnico")
    if mapa is None:
        return None
    leitor.conhecer(mapa, CHAVES_RESPONSAVEL)
    lido = ResponsavelTecnico(
        cnpj=ler_cnpj(leitor, mapa),
        contato=_texto(leitor, mapa, "contato", r".{2,60}", "de 2 a 60 caracteres"),
        email=_texto(leitor, mapa, "email", r"(?=.{1,60}$)[^@\s]+@[^.\s]+\..+", "um endereço de até 60 caracteres"),
        fone=re.sub(r"[ ()-]", "", _texto(leitor, mapa, "fone", r"([ ()-]*[0-9]){7,12}", "de 7 a 12 algarismos")),
        id_csrt=_id_csrt(leitor, mapa),
        csrt=ler_origem_da_senha(leitor, mapa, "csrt"),
    )
    if ("id_csrt" in mapa.nos) != ("csrt" in mapa.nos):
        leitor.errar("id_csrt e csrt vêm juntos: um sem o outro não serve", mapa.linha, mapa.caminho)
    for nome, valor in (("cnpj", lido.cnpj), ("contato", lido.contato), ("email", lido.email), ("fone", lido.fone)):
        leitor.anotar(mapa, nome, valor)
    leitor.anotar(mapa, "id_csrt", lido.id_csrt or "(não usa)")
    leitor.anotar(mapa, "csrt", _oculto(lido.csrt))
    return lido


def _texto(leitor: Leitor, mapa: Mapa, nome: str, padrao: str, o_que: str) -> str:
    texto = leitor.escalar(mapa, nome, obrigatoria=True) or ""
    if texto and not re.fullmatch(padrao, texto):
        leitor.errar(f'deve ser {o_que}, e está "{texto}"', mapa.nos[nome], mapa.chave(nome))
    return texto


def _id_csrt(leitor: Leitor, mapa: Mapa) -> str | None:
    texto = leitor.escalar(mapa, "id_csrt")
    if texto is not None and not re.fullmatch(r"[0-9]{1,3}", texto):
        leitor.errar(f'deve ter três algarismos, e está "{texto}"', mapa.nos["id_csrt"], mapa.chave("id_csrt"))
        return None
    return texto and texto.zfill(3)


def _oculto(origem: OrigemSenha | None) -> str:
    return f"(oculto; {origem.meio}: {origem.valor})" if origem else "(não usa)"


def _anotar(leitor: Leitor, mapa: Mapa, c: ConfigSefaz) -> None:
    for chave, valor in (
        ("em_voo", c.em_voo),
        ("prazo_conexao", f"{c.prazo_conexao_s:g}"),
        ("prazo_resposta", f"{c.prazo_resposta_s:g}"),
        ("ca", c.ca or "(autoridades do sistema)"),
        ("proxy", c.proxy or "(não usa)"),
        ("enderecos", c.enderecos or "(tabela do programa)"),
        ("simulador", c.simulador),
        ("contingencia_offline", "true" if c.contingencia_offline else "false"),
    ):
        leitor.anotar(mapa, chave, valor)
