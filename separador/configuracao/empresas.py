"""Reads the key `empresas`: issuers and the places of their certificates and passwords (never the passwords)."""

import re

from yaml.nodes import MappingNode, ScalarNode

from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import Certificado, Empresa, MeioSenha, OrigemSenha, Papel
from separador.configuracao.utilizacao import ler_utilizacao
from separador.configuracao.yaml_seguro import Mapa
from separador.nucleo.chave import cnpj_valido

CHAVES_EMPRESA = ("cnpj", "nome", "uf", "certificado", "logo", "ecac", "papel")
_CHAVES_CERTIFICADO = ("arquivo", "senha")
UFS = frozenset("AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO".split())
SEM_COFRE = (MeioSenha.ENV, MeioSenha.ARQUIVO, MeioSenha.CREDENCIAL)
_SENHA_ABERTA = (
    "a senha não pode ficar escrita neste arquivo; troque por {env: NOME_DA_VARIAVEL}, "
    "{arquivo: caminho do arquivo com a senha} ou {credencial: nome da credencial do systemd}"
)


def ler_empresas(leitor: Leitor, topo: Mapa) -> tuple[Empresa, ...]:
    """Returns every company that could be read; errors are noted in `leitor`."""
    lidas: dict[str, Empresa] = {}
    for mapa in leitor.lista_de_mapas(topo, "empresas"):
        leitor.conhecer(mapa, CHAVES_EMPRESA)
        empresa = _empresa(leitor, mapa)
        if empresa.cnpj in lidas:
            leitor.errar(f"o CNPJ {empresa.cnpj} já está em outra empresa", mapa.nos.get("cnpj"), mapa.chave("cnpj"))
        lidas.setdefault(empresa.cnpj, empresa)
    return tuple(lidas.values())


def _empresa(leitor: Leitor, mapa: Mapa) -> Empresa:
    empresa = Empresa(
        cnpj=ler_cnpj(leitor, mapa),
        nome=leitor.escalar(mapa, "nome", obrigatoria=True) or "",
        uf=_uf(leitor, mapa),
        certificado=_certificado(leitor, mapa),
        ecac=ler_utilizacao(leitor, mapa),
        logo=leitor.caminho(mapa, "logo"),
        papel=leitor.escolha(mapa, "papel", Papel, Papel.EMITE) if "papel" in mapa.nos else None,
    )
    for nome, valor in (("cnpj", empresa.cnpj), ("nome", empresa.nome), ("uf", empresa.uf), ("papel", empresa.papel)):
        leitor.anotar(mapa, nome, valor)
    if empresa.logo is not None:
        leitor.anotar(mapa, "logo", empresa.logo)
    return empresa


def ler_cnpj(leitor: Leitor, mapa: Mapa) -> str:
    """Returns the key `cnpj` of a group, without punctuation; "" when it is missing.

    A missing or wrong one is an error.
    """
    texto = leitor.escalar(mapa, "cnpj", obrigatoria=True)
    if texto is None:
        return ""
    cnpj = re.sub(r"[./-]", "", texto).upper()
    if not cnpj_valido(cnpj):
        mensagem = f'"{texto}" não é um CNPJ: são 14 posições e os dois dígitos verificadores devem conferir'
        leitor.errar(mensagem, mapa.nos["cnpj"], mapa.chave("cnpj"))
    return cnpj


def _uf(leitor: Leitor, mapa: Mapa) -> str:
    texto = (leitor.escalar(mapa, "uf", obrigatoria=True) or "").upper()
    if texto and texto not in UFS:
        leitor.errar(f'"{texto}" não é a sigla de um estado', mapa.nos["uf"], mapa.chave("uf"))
    return texto


def _certificado(leitor: Leitor, topo: Mapa) -> Certificado | None:
    mapa = leitor.submapa(topo, "certificado")
    if mapa is None:
        return None
    leitor.conhecer(mapa, _CHAVES_CERTIFICADO)
    arquivo = leitor.caminho(mapa, "arquivo", obrigatoria=True)
    senha = ler_origem_da_senha(leitor, mapa)
    leitor.anotar(mapa, "arquivo", arquivo)
    leitor.anotar(mapa, "senha", f"(oculta; {senha.meio}: {senha.valor})" if senha else "(sem senha)")
    return Certificado(arquivo, senha) if arquivo is not None else None


def ler_origem_da_senha(
    leitor: Leitor, grupo: Mapa, nome: str = "senha", meios: tuple[MeioSenha, ...] = SEM_COFRE
) -> OrigemSenha | None:
    """Returns the place where the key `nome` of a group says that the password is.

    A password itself is an error. `meios`: the kinds of place that are accepted.
    """
    no = grupo.nos.get(nome)
    if isinstance(no, ScalarNode) and str(no.value).strip():
        leitor.errar(_SENHA_ABERTA, no, grupo.chave(nome))
        return None
    mapa = leitor.submapa(grupo, nome) if isinstance(no, MappingNode) else None
    if mapa is None:
        if no is not None and not isinstance(no, ScalarNode):
            leitor.errar(_SENHA_ABERTA, no, grupo.chave(nome))
        return None
    leitor.conhecer(mapa, [str(m) for m in meios])
    return _meio(leitor, mapa, meios)


def _meio(leitor: Leitor, mapa: Mapa, meios: tuple[MeioSenha, ...]) -> OrigemSenha | None:
    dados = [m for m in meios if m in mapa.nos]
    if len(dados) != 1:
        nomes = " ou ".join([", ".join(meios[:-1]), meios[-1]])
        leitor.errar(f"diga uma só origem da senha: {nomes}", mapa.linha, mapa.caminho)
        return None
    meio = dados[0]
    texto = leitor.escalar(mapa, meio, obrigatoria=True)
    if texto is None:
        return None
    if meio is MeioSenha.ARQUIVO:
        return OrigemSenha(meio, str(leitor.caminho(mapa, meio)))
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", texto):
        o_que = {MeioSenha.ENV: "variável de ambiente", MeioSenha.COFRE: "segredo do cofre"}.get(meio, "credencial")
        leitor.errar(f"isto não é um nome de {o_que}", mapa.nos[meio], mapa.chave(meio))
        return None
    return OrigemSenha(meio, texto)
