"""Turn the fields of dataclasses into options of a command.

A command takes a dataclass as one parameter, and `with_options` replaces that parameter by an
option for each field, so that commands share options without repeating them:

    @with_options
    def compose(bars: int, options: ComposingOptions) -> None: ...

A field becomes an option in one of three ways: it is `Annotated` with a `typer.Option`; it is
declared by `chorale.options.option` with a help text; or it is a dataclass itself, whose fields
become options in turn. Every other field keeps its default and is not offered.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache, wraps
from typing import Annotated, Any, get_origin, get_type_hints

import typer

from chorale.options import option_name


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Replace the dataclasses among a command's parameters by an option for each field.

    The command's own options come first in its help.
    """
    hints = get_type_hints(command, include_extras=True)
    parameters: dict[str, inspect.Parameter] = {}
    dataclasses: dict[str, type] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        if is_dataclass(hints[name]):
            dataclasses[name] = hints[name]
        else:
            parameters[name] = parameter.replace(
                annotation=hints[name], kind=parameter.KEYWORD_ONLY
            )
    for kind in dataclasses.values():
        parameters |= {each.name: each for each in _parameters(kind)}

    @wraps(command)
    def run(**values: Any) -> None:
        built = {name: _build(kind, values) for name, kind in dataclasses.items()}
        own = {name: value for name, value in values.items() if name in hints}
        command(**own, **built)

    # Typer reads the signature, which types of functions do not have
    vars(run)["__signature__"] = inspect.Signature(list(parameters.values()))
    run.__annotations__ = {name: each.annotation for name, each in parameters.items()}
    return run


@cache
def _parameters(kind: type) -> tuple[inspect.Parameter, ...]:
    """Return the options of a dataclass, in the order of its fields, as keyword parameters.

    A field of the outer dataclass takes the place of one with the same name within a nested one.
    """
    hints = get_type_hints(kind, include_extras=True)
    own = {each.name for each in fields(kind)}
    parameters: list[inspect.Parameter] = []
    for each in fields(kind):
        if is_dataclass(hints[each.name]):
            inner = _parameters(hints[each.name])
            parameters += [parameter for parameter in inner if parameter.name not in own]
        elif annotation := _annotation(each, hints[each.name]):
            parameters.append(
                inspect.Parameter(
                    each.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=inspect.Parameter.empty if each.default is MISSING else each.default,
                    annotation=annotation,
                )
            )
    return tuple(parameters)


def _annotation(each: Field[Any], hint: Any) -> Any:
    """Return the annotation that makes a field an option; None for a field that is not offered."""
    if get_origin(hint) is Annotated:
        return hint
    if not (text := each.metadata.get("help")):
        return None
    names = [f"--{option_name(each.name)}"] if hint is bool else []  # no --no-... form
    return Annotated[hint, typer.Option(*names, help=text)]


def _build(kind: type, values: Mapping[str, Any]) -> Any:
    """Build a dataclass, and those nested in it, from the values of a command's options.

    Raises:
        OptionError: a value is outside its interval.
    """
    hints = get_type_hints(kind)
    own = {each.name: values[each.name] for each in fields(kind) if each.name in values}
    others = {name: value for name, value in values.items() if name not in own}
    inner = {
        each.name: _build(hints[each.name], others)
        for each in fields(kind)
        if is_dataclass(hints[each.name])
    }
    return kind(**own, **inner)
