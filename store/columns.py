"""Tables of read-only NumPy columns of one length, which the stores' aggregates are."""

from dataclasses import fields
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray


class Columns:
    """Base of frozen dataclasses whose fields are columns; ``types`` holds their kinds in the fields' order.

    >>> from store.hourly import Hourly
    >>> len(Hourly.empty()), Hourly.empty().mean.dtype.name
    (0, 'float64')
    """

    __slots__ = ()
    types: ClassVar[tuple[type[np.generic], ...]]

    @classmethod
    def of(cls, *columns: Any) -> Self:
        """Make it from equal sequences, one a field, in the order of the fields. ValueError: another number."""
        arrays = [np.asarray(column, kind) for column, kind in zip(columns, cls.types, strict=True)]
        for array in arrays:
            array.flags.writeable = False
        return cls(*arrays)

    @classmethod
    def empty(cls) -> Self:
        return cls.of(*([] for _ in cls.types))

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        return tuple(getattr(self, field.name) for field in fields(self))  # type: ignore[arg-type]  # of subclasses

    def __len__(self) -> int:
        return len(self.columns[0])
