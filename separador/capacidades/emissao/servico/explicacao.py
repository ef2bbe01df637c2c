"""Judges a load for `carga explicar` and for the form of one, and the registries for `carga cadastros`."""

from dataclasses import asdict, dataclass
from datetime import datetime

from separador.capacidades.emissao.arquivos import leitura
from separador.capacidades.emissao.dominio.valores import CargaRecusada, Equipamento
from separador.capacidades.emissao.servico.resposta import avisos_em_json, erro_em_json
from separador.configuracao import Configuracao
from separador.configuracao.emissao.cadastros import CadastrosLidos, ler_cadastros
from separador.fiscal.emissao.achados import Achados, Aviso, ErroDeCarga
from separador.fiscal.emissao.ambiente import parametros_de
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS, CHAVE_DO_REGISTRO
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.pessoas import emitente, pessoa
from separador.fiscal.emissao.plano import Decidido
from separador.fiscal.preparo import ContextoPreparo
from separador.nucleo.nome_de_arquivo import mostrar


@dataclass(frozen=True, slots=True)
class Explicada:
    """What a load would become. `complementar`: what informações complementares lacks."""

    carga: str
    arquivo: str
    decididos: tuple[Decidido, ...]
    erros: tuple[ErroDeCarga, ...]
    avisos: tuple[Aviso, ...]
    complementar: tuple[str, ...] = ()


def explicar(
    config: Configuracao, nome: bytes, dados: bytes, agora: datetime, lidos: CadastrosLidos | None = None
) -> Explicada:
    """Reads, decides and judges a load. Nothing is recorded anywhere. `lidos`: the registries, if they were read."""
    lidos = lidos or ler_cadastros(config.emissao.cadastros)
    no, leu = leitura.ler(nome, dados)
    if lidos.cadastros is None or no is None:
        return Explicada("", mostrar(nome), (), (*lidos.erros, *leu.erros), tuple(leu.avisos))
    empresas = frozenset(e.cnpj for e in config.empresas)
    equipamento = Equipamento(lidos.cadastros, parametros_de(config.emissao.valores), empresas)
    contexto = ContextoPreparo(config.ambiente.tp_amb, agora, {})
    plano = leitura.planejada(no, contexto, equipamento)
    julgada = leitura.julgar(nome, dados, contexto, equipamento)
    erros = julgada.erros if isinstance(julgada, CargaRecusada) else ()
    return Explicada(plano.carga, mostrar(nome), plano.decididos, erros, julgada.avisos, plano.complementar)


def em_json(e: Explicada) -> dict[str, object]:
    """Returns it in the shape of the contract."""
    documentos = [
        {"campo": d.campo, "notas": list(d.notas), "decisoes": [asdict(x) for x in d.decisoes]} for d in e.decididos
    ]
    return {
        "carga": e.carga or None,
        "documentos": documentos,
        "erros": [erro_em_json(x, e.arquivo) for x in e.erros],
        "avisos": avisos_em_json(e.avisos),
    }


_EXIGIDOS = {"veiculos": ("placa", "uf"), "seguradoras": ("nome",)}


def cadastros(config: Configuracao) -> tuple[list[dict[str, object]], tuple[ErroDeCarga, ...]]:
    """Returns every record with the fields that it lacks, and what is wrong with the files."""
    lidos = ler_cadastros(config.emissao.cadastros)
    if lidos.cadastros is None:
        return [], lidos.erros
    registros = [(c, no) for chaves in ARQUIVOS.values() for c in chaves for no in lidos.cadastros.todos(c)]
    return [_registro(lidos, lidos.cadastros.onde(chave), chave, no) for chave, no in registros], lidos.erros


def _registro(lidos: CadastrosLidos, arquivo: str, chave: str, no: No) -> dict[str, object]:
    return {
        "cadastro": chave,
        "codigo": no.texto(CHAVE_DO_REGISTRO.get(chave, "codigo")),
        "nome": no.texto("nome") or no.texto("descricao"),
        "arquivo": arquivo,
        "linha": lidos.linhas.get((chave, no.campo)),
        "faltam": _faltam(chave, no),
    }


def _faltam(chave: str, no: No) -> list[str]:
    achados = Achados()
    if chave == "empresas":
        if not no.sim("transportadora", True):
            return []  # it issues nothing
        emitente(no, "", achados)
        if not no.dado("rntrc"):
            achados.faltar(chave, no.texto("cnpj"), "rntrc", "")
    elif chave == "entidades":
        pessoa(no, "", achados)
    else:
        return [n for n in _EXIGIDOS.get(chave, ()) if not no.dado(n)]
    return [f.campo for f in achados.faltas]
