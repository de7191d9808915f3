"""One scalar of the manifest exchanged, the pin of an entry's document; every other byte stays."""

from __future__ import annotations

from generator.errors import JackfieldError
from generator.inputs import MANIFEST
from generator.reading.positions import Positions
from generator.reading.source import Source
from generator.reading.yaml_recover import parse


def repinned(text: str, index: int, old: str, new: str) -> str:
    """*text* with the ``spec.sha256`` of the entry at *index* changed from *old* to *new*.

    Raises:
        JackfieldError: the value is not written there as it is (an alias stands for it).
    """
    plain = text.removeprefix("\ufeff")
    positions = Positions()
    data = parse(plain, MANIFEST, positions=positions).data
    line, column = positions.find(data, ("integrations", index, "spec", "sha256"))
    offset = Source(MANIFEST, plain).offset(line, column)
    start = offset + (plain[offset : offset + 1] in ("'", '"'))
    if not old or not plain.startswith(old, start):
        where = f"{MANIFEST}:{line}:{column}"
        raise JackfieldError(f"{where}  the pin is not written here as it is. Write 'sha256: {new}' out.")
    mark = text[: len(text) - len(plain)]
    return mark + plain[:start] + new + plain[start + len(old) :]
