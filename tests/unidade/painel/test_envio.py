"""Tests the reader of forms with files: byte by byte, names of every kind, and what goes beyond the limits."""

from dataclasses import dataclass, field

import pytest

from separador.painel.base import envio
from separador.painel.base.envio import GrandeError, Leitor, Limites, MalfeitoError, NaMemoria
from tests.aceitacao.painel.conftest import com_arquivos

pytestmark = pytest.mark.requisito("PAINEL-01")


@dataclass
class Prateleira:
    """Keeps all files, and notes that it was told to let go."""

    limites: Limites = field(default_factory=lambda: Limites(arquivo=1000, arquivos=3, total=1500))
    vistos: list[tuple[bytes, bytes]] = field(default_factory=list)
    largada: bool = False

    def esperar(self, tamanho: int | None) -> None:
        assert tamanho is None or tamanho >= 0

    def comecar(self, nome: bytes) -> None:
        self.vistos.append((nome, b""))

    def juntar(self, dados: bytes) -> None:
        nome, antes = self.vistos[-1]
        self.vistos[-1] = nome, antes + dados

    def terminar(self) -> None:
        assert self.vistos

    def largar(self) -> None:
        self.largada = True


def ler(corpo: bytes, guarda: envio.Guarda, de_cada_vez: int = 1 << 20) -> envio.Campos:
    leitor = Leitor(b"borda", guarda)
    for i in range(0, len(corpo), de_cada_vez):
        leitor.escrever(corpo[i : i + de_cada_vez])
    return leitor.campos()


@pytest.mark.parametrize("de_cada_vez", [1, 7, 1 << 20])
def test_campos_e_arquivos_vem_inteiros_de_qualquer_jeito(de_cada_vez: int) -> None:
    dados = b"a\r\n--bord\r\n--borda-falsa" + bytes(range(256))
    _, corpo = com_arquivos({"apelido": "ação\r\nnova", "vazio": ""}, [(b"a.txt", dados), (b"b.txt", b"")])
    guarda = Prateleira()
    campos = ler(corpo, guarda, de_cada_vez)
    assert campos.pares == (("apelido", "ação\nnova"), ("vazio", ""))
    assert guarda.vistos == [(b"a.txt", dados), (b"b.txt", b"")]


@pytest.mark.parametrize("nome", [b"../x.txt", b".x", b"a\x00b.txt", "ção.txt".encode(), b"\xff\xfe.txt", b"a b.txt"])
def test_o_nome_chega_como_foi_dado(nome: bytes) -> None:
    guarda = Prateleira()
    ler(com_arquivos({}, [(nome, b"1")])[1], guarda)
    assert guarda.vistos == [(nome, b"1")]


def test_um_campo_sem_arquivo_escolhido_nao_e_um_arquivo() -> None:
    guarda = Prateleira()
    ler(com_arquivos({"a": "1"}, [(b"", b"")])[1], guarda)
    assert guarda.vistos == []


@pytest.mark.parametrize(
    "arquivos", [[(b"a", b"x" * 1001)], [(b"a", b"1")] * 4, [(b"a", b"x" * 999), (b"b", b"x" * 502)]]
)
def test_o_que_passa_dos_limites_e_grande(arquivos: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(GrandeError):
        ler(com_arquivos({}, arquivos)[1], Prateleira())


def test_um_envio_longo_e_um_formulario_enorme_sao_grandes() -> None:
    with pytest.raises(GrandeError, match="passa de"):
        ler(b"x" * (1501 + envio.CAMPOS_BYTES), Prateleira(), 1 << 30)
    guarda = Prateleira(Limites(1000, 3, 1 << 24))
    with pytest.raises(GrandeError):
        ler(com_arquivos({"a": "x" * (envio.CAMPOS_BYTES + 1)}, [])[1], guarda)
    with pytest.raises(GrandeError):
        ler(com_arquivos({f"a{i}": "" for i in range(1001)}, [])[1], guarda)


@pytest.mark.parametrize("corte", [10, 60, -3])
def test_o_que_para_no_meio_e_malfeito(corte: int) -> None:
    with pytest.raises(MalfeitoError):
        ler(com_arquivos({"a": "1"}, [(b"a.txt", b"dados")])[1][:corte], Prateleira())


def test_o_que_nao_e_formulario_e_malfeito() -> None:
    with pytest.raises(MalfeitoError):
        ler(b"nada disto e um formulario\r\n\r\n", Prateleira())
    with pytest.raises(MalfeitoError):
        Leitor(b"b" * 100_000, Prateleira())


def test_a_borda_e_so_de_formularios_com_arquivos() -> None:
    assert envio.fronteira("multipart/form-data; boundary=abc") == b"abc"
    assert envio.fronteira('multipart/form-data; boundary="a b"') == b"a b"
    for outro in ("application/x-www-form-urlencoded", "multipart/form-data", "multipart/mixed; boundary=a", ""):
        assert envio.fronteira(outro) is None


def test_o_que_esta_na_memoria_se_esquece_e_nao_se_mostra() -> None:
    guarda = NaMemoria(1000)
    ler(com_arquivos({}, [(b"a.pfx", b"chave")])[1], guarda)
    assert (guarda.nome, bytes(guarda.dados)) == (b"a.pfx", b"chave")
    assert "chave" not in repr(guarda)
    guarda.largar()
    assert not guarda.dados
