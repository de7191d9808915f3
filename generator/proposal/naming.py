"""What a service is called and what it is for, from the title and the description that a document gives."""

from __future__ import annotations

import re

from generator.modelling.prose import first_sentence
from generator.reading.secrets_lint import leaks

LONGEST = 80
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_TECHNICAL = re.compile(
    r"(?i)\b(?:(?:open ?api|swagger)\s*(?:v?\d+(?:\.\d+)*|specification|spec|definition|document)|open ?api"
    r"|(?:(?:rest|restful|http|web|public)\s+)*apis?|specification|v\d+(?:\.\d+)*(?:beta|alpha|rc)?\d*"
    r"|\d+\.\d+(?:\.\d+)?|documentation|reference)(?=\W|\Z)"
)
_JOINTS = re.compile(r"\s+[-–—|:/]+\s+|\s*[-–—|:,/]+\s*\Z|\A\s*[-–—|:,/]+\s*")


def service_name(title: str, name: str) -> str:
    """``Swagger Petstore - OpenAPI 3.0`` → ``Swagger Petstore``; what *name* says where no title is left."""
    plain = " ".join(first_sentence(title, 200).replace("`", "").split())
    short = _TECHNICAL.sub(" ", _BRACKETS.sub("", plain))
    short = " ".join(_JOINTS.sub(" ", _JOINTS.sub(" ", short)).split()).strip(" .,-:")
    usable = re.search(r"\w\w", short) and not leaks(short)
    return (short if usable else name.replace("-", " ").title())[:LONGEST].strip()


def description(text: str) -> str:
    """The first sentence, on one line; "" where it says nothing or holds what no manifest may."""
    sentence = first_sentence(text)
    return "" if leaks(sentence) or not re.search(r"\w\s+\w", sentence) else sentence
