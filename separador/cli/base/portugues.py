"""Puts click's own sentences into Portuguese. A test compares the table with the sentences of the installed click."""

from typing import Any

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.parser
import click.termui
import click.types
import click.utils

from separador.nucleo.texto.sinonimos import pelo_sentido, sem_acento

TEXTOS = {
    "Usage:": "Uso:",
    "Options": "Opções",
    "Commands": "Comandos",
    "Positional arguments": "Argumentos",
    "Aborted!": "Interrompido.",
    "deprecated": "em desuso",
    "Missing command.": "Falta o comando.",
    "Value must be an iterable.": "O valor deve ser uma lista.",
    "env var: {var}": "variável: {var}",
    "default: {default}": "padrão: {default}",
    "required": "obrigatória",
    "(dynamic)": "(calculado)",
    "Do you want to continue?": "Continuar?",
    "Confirm the action without prompting.": "Confirma sem perguntar.",
    "%(prog)s, version %(version)s": "%(prog)s, versão %(version)s",
    "Show the version and exit.": "Mostra a versão e sai.",
    "Show this message and exit.": "Mostra esta ajuda e sai.",
    "Error: {message}": "Erro: {message}",
    "Try '{command} {option}' for help.": "Veja a ajuda: {command} {option}",
    "Invalid value: {message}": "Valor inválido: {message}",
    "Invalid value for {param_hint}: {message}": "Valor inválido em {param_hint}: {message}",
    "Missing argument": "Falta o argumento",
    "Missing option": "Falta a opção",
    "Missing parameter": "Falta o parâmetro",
    "Missing {param_type}": "Falta {param_type}",
    "Missing parameter: {param_name}": "Falta o parâmetro {param_name}",
    "No such option {name!r}.": "A opção {name!r} não existe.",
    "No such command {name!r}.": "O comando {name!r} não existe.",
    "Did you mean {possibility}?": "Você quis dizer {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Você quis dizer um destes: {possibilities}?)",
    "unknown error": "erro desconhecido",
    "Could not open file {filename!r}: {message}": "Não consegui abrir {filename!r}: {message}",
    "Invalid start character for option ({option})": "Uma opção não começa assim ({option})",
    "Argument {name!r} takes {nargs} values.": "O argumento {name!r} leva {nargs} valores.",
    "Option {name!r} does not take a value.": "A opção {name!r} não leva valor.",
    "Option {name!r} requires an argument.": "A opção {name!r} pede um valor.",
    "Option {name!r} requires {nargs} arguments.": "A opção {name!r} pede {nargs} valores.",
    "Got unexpected extra argument ({args})": "Argumento a mais ({args})",
    "Got unexpected extra arguments ({args})": "Argumentos a mais ({args})",
    "Takes {nargs} values but 1 was given.": "Leva {nargs} valores e veio 1.",
    "Takes {nargs} values but {len} were given.": "Leva {nargs} valores e vieram {len}.",
    "Choose from:\n\t{choices}": "Escolha entre:\n\t{choices}",
    "Choice({choices})": "Escolha({choices})",
    "{value!r} is not {choice}.": "{value!r} não é {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} não é um destes: {choices}.",
    "{value!r} is not a valid {number_type}.": "{value!r} não é um número válido.",
    "{value} is not in the range {range}.": "{value} não vale aqui: é um número {range}.",
    "{value!r} is not a valid boolean. Recognized values: {states}": "{value!r} não é sim nem não. Valores: {states}",
    "{value!r} does not match the format {format}.": "{value!r} não está no formato {format}.",
    "{value!r} does not match the formats {formats}.": "{value!r} não está em nenhum dos formatos {formats}.",
    "{value!r} is not a valid UUID.": "{value!r} não é um UUID.",
    "{len_type} values are required, but {len_value} was given.": "São {len_type} valores, e veio {len_value}.",
    "{len_type} values are required, but {len_value} were given.": "São {len_type} valores, e vieram {len_value}.",
    "file": "arquivo",
    "directory": "pasta",
    "path": "caminho",
    "{name} {filename!r} does not exist.": "{name} {filename!r} não existe.",
    "{name} {filename!r} is a file.": "{name} {filename!r} é um arquivo.",
    "{name} {filename!r} is a directory.": "{name} {filename!r} é uma pasta.",
    "{name} {filename!r} is not readable.": "{name} {filename!r} não pode ser lido.",
    "{name} {filename!r} is not writable.": "{name} {filename!r} não pode ser escrito.",
    "{name} {filename!r} is not executable.": "{name} {filename!r} não pode ser executado.",
    "Repeat for confirmation": "Repita para confirmar",
    "Error: The two entered values do not match.": "Erro: os dois valores não são iguais.",
    "Error: invalid input": "Erro: resposta inválida",
    "Press any key to continue...": "Aperte uma tecla para continuar...",
}
_MODULOS = (
    *(click.core, click.decorators, click.exceptions, click.formatting),
    *(click.parser, click.termui, click.types, click.utils),
)


def traduzir(texto: str) -> str:
    """Returns the Portuguese sentence. A sentence that is not in the table stays as it is."""
    return TEXTOS.get(texto, texto)


def traduzir_numero(um: str, varios: str, quantos: int) -> str:
    """Translates as ngettext does."""
    return traduzir(um if quantos == 1 else varios)


def _opcao_desconhecida(erro: click.exceptions.NoSuchOption) -> str:
    """Returns the sentence about an unknown option: what its word means comes before what is written like it."""
    opcoes = [o for p in (erro.ctx.command.params if erro.ctx is not None else ()) for o in p.opts]
    compridas = {o.removeprefix("--"): o for o in opcoes if o.startswith("--")}
    achada = pelo_sentido(erro.option_name.lstrip("-"), list(compridas))
    if achada is not None:
        return f"{erro.message} {traduzir('Did you mean {possibility}?').format(possibility=compridas[achada])}"
    proximas = erro.possibilities or ()
    return f"{erro.message} Você quis dizer {' ou '.join(proximas)}?" if proximas else str(erro.message)


def _intervalo(tipo: Any) -> str:
    """Returns the limits of a number in words, where click writes them as an inequality."""
    from separador.nucleo.texto.quantidade import milhar  # noqa: PLC0415 -- only for help and mistakes

    de, ate = (milhar(limite) if isinstance(limite, int) else limite for limite in (tipo.min, tipo.max))
    if ate is None:
        return f"{'maior que' if tipo.min_open else 'de'} {de}{'' if tipo.min_open else ' em diante'}"
    if de is None:
        return f"{'menor que' if tipo.max_open else 'até'} {ate}"
    return f"{'acima de' if tipo.min_open else 'de'} {de} {'a menos de' if tipo.max_open else 'a'} {ate}"


def _escolha_errada(tipo: Any, value: Any, ctx: click.core.Context | None) -> str:  # noqa: ARG001 -- click's signature
    """Returns the sentence about a word that is none of the choices: these as the program shows them, the nearest by
    name."""
    import difflib  # noqa: PLC0415 -- only after a mistake

    palavras = [str(escolha) for escolha in tipo.choices]
    por_chave = {sem_acento(palavra): palavra for palavra in palavras}
    dita = sem_acento(str(value))
    proximas = [chave for chave in por_chave if dita and dita in chave] or difflib.get_close_matches(dita, por_chave)
    dica = f" Você quis dizer {' ou '.join(por_chave[chave] for chave in proximas[:2])}?" if proximas else ""
    return f"{value!r} não é um destes: {', '.join(palavras)}.{dica}"


def instalar() -> None:
    """Puts the table where click calls gettext.

    gettext itself would follow the LANG of the account that runs the command. The product speaks Portuguese under any.
    """
    setattr(click.types.IntRange, "_describe_range", _intervalo)  # noqa: B010 -- as the names below
    setattr(click.types.FloatRange, "_describe_range", _intervalo)  # noqa: B010
    setattr(click.types.Choice, "get_invalid_choice_message", _escolha_errada)  # noqa: B010
    setattr(click.exceptions.NoSuchOption, "format_message", _opcao_desconhecida)  # noqa: B010 -- as the names below
    for modulo in _MODULOS:
        for nome, funcao in (("_", traduzir), ("ngettext", traduzir_numero)):
            if hasattr(modulo, nome):
                setattr(modulo, nome, funcao)
