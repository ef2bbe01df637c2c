"""Reads the key `emissao`: where the registries lie, and what documents get that says nothing else."""

from separador.configuracao.emissao.arvore import do_no
from separador.configuracao.emissao.leitura import Leitura
from separador.configuracao.emissao.valores import ESQUEMA
from separador.configuracao.leitura import Leitor, ancorar
from separador.configuracao.tipos import ConfigEmissao
from separador.configuracao.yaml_seguro import Mapa
from separador.fiscal.emissao.formato.cadastros import EMISSAO
from separador.fiscal.emissao.formato.modelo_de_texto import desconhecidos
from separador.fiscal.emissao.no import No, folhas


def ler_emissao(leitor: Leitor, topo: Mapa, padrao: ConfigEmissao) -> ConfigEmissao:
    """Returns the section; errors are noted in `leitor`."""
    leitura = Leitura()
    no = leitura.grupo(do_no(topo.nos["emissao"]), EMISSAO, "emissao")
    _conferir_modelos(no or No(), leitura)
    for erro in leitura.erros:
        leitor.errar(f"{erro.mensagem.rstrip('.')}. {erro.o_que_fazer.rstrip('.')}", erro.linha, erro.campo)
    if no is None:
        return padrao
    for campo, valor in folhas(no):
        linha = leitura.linhas.get(no.em(campo))
        leitor.anotar_lido(no.em(campo), valor, linha)
    dito = no.texto("cadastros")
    pasta = ancorar(leitor.raiz, dito) if dito else padrao.cadastros
    return ConfigEmissao(pasta, No("emissao", no.sem("cadastros").valores))


def _conferir_modelos(no: No, leitura: Leitura) -> None:
    """Tests that the templates ask for fields that a CT-e has."""
    for par in no.nos("consulta_inf_adicional"):
        campo = par.em("xtexto")
        for nome in desconhecidos(par.texto("xtexto")):
            mensagem = f"xtexto: não há o campo {{{nome}}} num CT-e da carga"
            leitura.errar(ESQUEMA, campo, leitura.linhas.get(campo), mensagem, "Veja separador carga esquema.")
