"""Pydantic's errors as faults a person can mend: where, which field, which value, what to write instead."""

import difflib
import types
from collections.abc import Callable, Iterable
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

from vitals.errors import Fault

Loc = tuple[int | str, ...]
_SECRET_NAMES = ("url", "password", "token", "secret", "key")


def path_of(loc: Loc) -> str:
    """A location as people write it.

    >>> path_of(("patients", 0, "timezone"))
    'patients[0].timezone'
    """
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "file"


def faults_of(error: ValidationError, model: type[BaseModel], where: Callable[[Loc], str]) -> list[Fault]:
    """Every error of a validation as a Fault; values of secret fields are never repeated."""
    return [_fault(detail, model, where) for detail in error.errors(include_url=False)]


def _fault(detail: Any, model: type[BaseModel], where: Callable[[Loc], str]) -> Fault:
    loc: Loc = detail["loc"]
    if detail["type"] == "extra_forbidden":
        return Fault(where(loc), path_of(loc), "is not known here", _nearest(model, loc))
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "missing":
        return Fault(where(loc[:-1]), path_of(loc), "is missing", "add it")
    shown = "" if _is_secret(loc) or isinstance(detail["input"], (dict, list, SecretStr)) else f"{detail['input']!r}: "
    return Fault(where(loc), path_of(loc), f"{shown}{message[:1].lower()}{message[1:]}")


def _is_secret(loc: Loc) -> bool:
    return any(word in str(part).lower() for part in loc for word in _SECRET_NAMES)


def _nearest(model: type[BaseModel], loc: Loc) -> str:
    known = list(_fields_at(model, loc[:-1]))
    near = difflib.get_close_matches(str(loc[-1]), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _fields_at(model: type[BaseModel], loc: Iterable[int | str]) -> Iterable[str]:
    """The field names of the model that stands at ``loc``."""
    current: Any = model
    for part in loc:
        if isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            field = current.model_fields.get(part)
            current = _model_in(field.annotation) if field else None
    return current.model_fields if isinstance(current, type) and issubclass(current, BaseModel) else ()


def _model_in(annotation: Any) -> Any:
    """The model inside ``tuple[Model, ...]``, ``dict[str, Model]`` or ``Model | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, dict, list, Union, types.UnionType):
        return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
    return None
