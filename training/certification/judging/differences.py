"""Where two documents of figures differ. Pure."""

from __future__ import annotations

from collections.abc import Iterator

# Another processor or library may round the last bits of a figure otherwise.
SAME_WITHIN = 1e-9


def differences(stored: object, computed: object, place: str = "figures") -> Iterator[str]:
    """Where two documents differ, each place in a sentence; the last bits of figures may."""
    if isinstance(stored, dict) and isinstance(computed, dict):
        for name in sorted(stored.keys() | computed.keys()):
            if name not in stored or name not in computed:
                where = "stored" if name in stored else "computed"
                yield f"{place}.{name} is only in what was {where}"
            else:
                yield from differences(stored[name], computed[name], f"{place}.{name}")
    elif isinstance(stored, list) and isinstance(computed, list) and len(stored) == len(computed):
        for position, (left, right) in enumerate(zip(stored, computed, strict=True)):
            yield from differences(left, right, f"{place}[{position}]")
    elif not _is_same(stored, computed):
        yield f"{place}: stored {stored!r}, computed {computed!r}"


def _is_same(stored: object, computed: object) -> bool:
    if _is_number(stored) and _is_number(computed):
        assert isinstance(stored, int | float)  # told apart from bool above
        assert isinstance(computed, int | float)
        return abs(stored - computed) <= SAME_WITHIN * max(1.0, abs(stored))
    return type(stored) is type(computed) and stored == computed


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
