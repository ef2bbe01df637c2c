"""Writes the table in Portuguese and `bench.json`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.hospedeiro import RAIZ

ARQUIVO = RAIZ / "bench.json"


@dataclass(frozen=True, slots=True)
class Meta:
    """An aim: at least (`minimo`) or at most this much."""

    valor: float
    minimo: bool = False

    def cumprida(self, medido: float) -> bool:
        """Says whether the figure meets it."""
        return medido >= self.valor if self.minimo else medido <= self.valor

    def __str__(self) -> str:
        return f"{'≥' if self.minimo else '≤'} {numero(self.valor)}"


@dataclass(frozen=True, slots=True)
class Linha:
    """A figure of the table: its key in the JSON, its text, its unit, its aim."""

    chave: str
    texto: str
    unidade: str = ""
    meta: Meta | None = None


LINHAS = (
    Linha("rsa_limite", "Limite: operações RSA-2048 privadas, um núcleo", "/s"),
    Linha("entrada_docs_s", "Entrada → saída assinada, registrada e arquivada (2 trabalhadores)", "/s"),
    Linha("razao_entrada", "  vezes o limite", "", Meta(0.40, minimo=True)),
    Linha("entrada_1_docs_s", "Entrada com um processo só (trabalhadores: 0)", "/s"),
    Linha("razao_entrada_1", "  vezes o limite", "", Meta(0.25, minimo=True)),
    Linha("retornos_docs_s", "Retornos aplicados, com o processado gravado", "/s"),
    Linha("razao_retornos", "  vezes o limite"),
    Linha("latencia_ms_p50", "Latência, do fechar do arquivo ao assinado visível: p50", "ms"),
    Linha("latencia_ms_p99", "  p99", "ms", Meta(100)),
    Linha("latencia_sem_arrendamento_ms_p50", "Latência sem arrendamento (lease): p50", "ms"),
    Linha("latencia_sem_arrendamento_ms_p99", "  p99", "ms"),
    Linha("latencia_sondagem_ms_p50", "Latência só por leitura, a cada 1 s: p50", "ms"),
    Linha("latencia_sondagem_ms_p99", "  p99", "ms"),
    Linha("painel_vivo_razao", "Painel: CPU de /vivo, vezes a de /saude", ""),
    Linha("painel_pagina_razao", "  de uma página, vezes a de /saude", ""),
    Linha("painel_mb", "  memória (Pss) depois de 1.000 páginas", "MB", Meta(70)),
    Linha("painel_crescimento_pct", "  crescimento nelas", "%"),
    Linha("painel_ocioso_pct", "  CPU com dez abas abertas", "%", Meta(1)),
    Linha("painel_latencia_razao", "  latência p99 do serviço com as abas, vezes a sem", "", Meta(1.1)),
    Linha("transmissao_docs_s_8", "Transmissão à SEFAZ local, que responde em 300 ms: 8 em voo", "/s"),
    Linha("transmissao_ideal_8", "  parte do ideal"),
    Linha("transmissao_docs_s_32", "  32 em voo", "/s"),
    Linha("transmissao_ideal_32", "  parte do ideal", "", Meta(0.95, minimo=True)),
    Linha("transmissao_docs_s_64", "  64 em voo", "/s"),
    Linha("transmissao_ideal_64", "  parte do ideal"),
    Linha("sobrecarga_ms_p50", "  sobrecarga por documento, 32 em voo: p50", "ms"),
    Linha("sobrecarga_ms_p99", "  p99", "ms", Meta(15)),
    Linha("transmissao_cpu_ms", "  CPU do serviço por documento", "ms"),
    Linha("transmissao_cpu_simulador_ms", "  CPU da SEFAZ local por documento, nos mesmos núcleos", "ms"),
    Linha("dacte_folhas_s", "DACTE, cada documento com o seu QR code, um núcleo", "folhas/s", Meta(20, minimo=True)),
    Linha("razao_dacte", "  vezes o limite"),
    Linha("dacte_duas_mil_notas_s", "  um documento de 2 000 notas em papel, CPU", "s", Meta(3)),
    Linha("carga_nucleo_docs_s", "Carga, CT-e de 10 notas: lida, decidida, julgada, assinada num núcleo", "/s"),
    Linha("razao_carga_nucleo", "  vezes o limite", "", Meta(0.15, minimo=True)),
    Linha("carga_docs_s", "  da carga solta ao CT-e publicado (trabalhadores: 0)", "/s"),
    Linha("razao_carga", "  vezes o limite", "", Meta(0.12, minimo=True)),
    Linha("carga_2000_vezes", "  um CT-e de 2000 notas, em CT-e de 200", "", Meta(12)),
    Linha("carga_memoria_mb", "  pico de memória com uma carga de 20 000 notas", "MB", Meta(150)),
    Linha("carga_csv_memoria_mb", "  pico de memória com um CSV de 20 000 linhas", "MB", Meta(150)),
    Linha("carga_csv_espera_s", "  o que outra rota espera por ele", "s", Meta(1)),
    Linha("carga_refeita_docs_s", "  1000 CT-e refeitos por um arquivo corrigido (trabalhadores: 0)", "/s"),
    Linha("carga_listar_ms", "  separador carga listar, com 10 000 cargas", "ms", Meta(300)),
    Linha("copia_entrada_pct", "Entrada enquanto se fazem cópias, em relação a sem elas", "%", Meta(85, minimo=True)),
    Linha("copia_escritor_ms", "  o que quem grava no banco espera, no máximo", "ms", Meta(50)),
    Linha("copia_escritor_sem_ms", "  o mesmo sem cópia, nesta máquina", "ms"),
    Linha("memoria_mb", "Memória de todos os processos (Pss) ao fim", "MB", Meta(150)),
    Linha("memoria_crescimento_pct", "  crescimento na segunda metade", "%", Meta(5)),
    Linha("memoria_pico_mb", "  pico durante o trabalho", "MB"),
    Linha("ociosa_cpu_pct", "CPU parado, 20 rotas, banco e arquivo cheios", "%", Meta(0.5)),
    Linha("partida_ms", "Partida até pronto, banco cheio", "ms", Meta(1000)),
    Linha("partida_20_rotas_ms", "  com 20 rotas", "ms"),
    Linha("cli_situacao_ms", "separador situacao, banco cheio", "ms", Meta(300)),
    Linha("banco_por_documento_b", "Banco por CT-e enviado pela rede", "B"),
    Linha("anos_situacao_cpu_ms", "Com 5 milhões de documentos, CPU: situacao", "ms", Meta(200)),
    Linha("anos_falhas_cpu_ms", "  falhas", "ms", Meta(200)),
    Linha("anos_listar_cpu_ms", "  cte listar", "ms", Meta(200)),
    Linha("anos_listar_tomador_cpu_ms", "  cte listar --tomador", "ms", Meta(200)),
    Linha("anos_listar_sem_indice_cpu_ms", "  cte listar --cstat, que nenhum índice serve", "ms"),
    Linha("anos_ver_cpu_ms", "  cte ver", "ms", Meta(200)),
    Linha("anos_rastrear_cpu_ms", "  rastrear", "ms", Meta(200)),
    Linha("anos_localizar_cpu_ms", "  localizar", "ms", Meta(200)),
    Linha("anos_estatisticas_cpu_ms", "  estatisticas", "ms"),
    Linha("anos_verificar_cpu_ms", "  verificar", "ms", Meta(1000)),
    Linha("anos_ajuda_cpu_ms", "  --ajuda", "ms", Meta(150)),
    Linha("anos_partida_ms", "  partida até pronto", "ms", Meta(1000)),
    Linha("anos_entrada_pct", "  entrada, em relação ao banco vazio", "%", Meta(95, minimo=True)),
)


def numero(valor: float) -> str:
    """Writes a number as in Portuguese, with as many decimals as its size deserves."""
    casas = 0 if abs(valor) >= 1000 else 1 if abs(valor) >= 10 else 2
    texto = f"{valor:,.{casas}f}"
    return texto.replace(",", " ").replace(".", ",")


def tabela(dados: dict[str, Any]) -> str:
    """Returns the table of every figure that was taken, with its aim."""
    h = dados["maquina"]
    cabecalho = (
        f"Máquina: {h['cpu']}, {h['nucleos']} núcleos, {h['sistema_de_arquivos']}, Linux {h['kernel']},"
        f" Python {h['python']}; carga ao começar {numero(h['carga_ao_comecar'])}"
    )
    linhas = [
        cabecalho,
        "",
        f"{'':66}{'medido':>12}   {'meta':>8}",
    ]
    for linha in LINHAS:
        medido = dados.get(linha.chave)
        if medido is None:
            continue
        valor = f"{numero(medido)} {linha.unidade}".strip()
        meta = f"{linha.meta!s:>8} {'✓' if linha.meta.cumprida(medido) else '✗'}" if linha.meta else ""
        linhas.append(f"{linha.texto:66}{valor:>12}   {meta}".rstrip())
    return "\n".join(linhas)


def metas(dados: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Returns each aim and whether it was met, for the JSON."""
    return {
        linha.chave: {"meta": str(linha.meta), "cumprida": linha.meta.cumprida(dados[linha.chave])}
        for linha in LINHAS
        if linha.meta is not None and dados.get(linha.chave) is not None
    }


def gravar(dados: dict[str, Any], arquivo: Path) -> None:
    """Writes bench.json."""
    arquivo.write_text(json.dumps(dados | {"metas": metas(dados)}, ensure_ascii=False, indent=2) + "\n", "utf-8")
