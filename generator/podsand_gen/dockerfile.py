"""A profile's own Dockerfile: what it may be, and the region of the script that holds it, byte for byte."""

from __future__ import annotations

import re
from pathlib import Path

from podsand_gen.quoting import forbidden_character
from podsand_gen.snippet import FrontMatter, Snippet

SIZE_LIMIT = 64 * 1024
DELIMITER = "PODSAND_DOCKERFILE"
NAME = "image/layer-own"
# Also as they would read in the script's copy of the profile, where a comment sign stands before each line.
_REGION_MARK = re.compile(r"(# )?(>>>|<<<|---) ")


def problem(text: str) -> str | None:
    """What keeps a text from being embedded, with its line; None when all is well."""
    if len(text.encode(errors="replace")) > SIZE_LIMIT:
        return f"is larger than {SIZE_LIMIT // 1024} KiB; a Dockerfile is not"
    if "\r" in text:
        return "has Windows line ends; save it with plain ones"
    for number, line in enumerate(text.split("\n"), start=1):
        if (found := forbidden_character(line.replace("\t", " "))) is not None:
            return f"line {number} holds {found[1]} at character {found[0] + 1}; write visible text, tabs and line ends only"
        if line == DELIMITER:
            return f"line {number} is {DELIMITER}, by which the script knows its end; write another word"
        if _REGION_MARK.match(line):
            return f"line {number} reads like a mark of the script's regions; do not begin it with >>>, <<< or ---"
    if not re.search(r"^\s*FROM\s", text, re.MULTILINE | re.IGNORECASE):
        return "has no FROM instruction; name the image to build on"
    return None


def region(text: str) -> Snippet:
    body = f"image_layer_own() {{\n  cat <<'{DELIMITER}'\n{text}{DELIMITER}\n}}\n"
    meta = FrontMatter(name=NAME, summary="The Dockerfile of the profile: not podsand's, so not vetted; read it.", data=True)
    return Snippet(Path("image.dockerfile"), body, meta, body, 1)
