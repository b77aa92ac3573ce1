"""From a plan to the text of the script. Pure. Jinja sees the skeleton only: bodies pass through it as values."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from podsand_gen import __version__
from podsand_gen.errors import LibraryError
from podsand_gen.quoting import comment, readonly, readonly_rows

if TYPE_CHECKING:
    from jinja2 import Template

    from podsand_gen.plan import Plan

REGION_MARK = re.compile(r"^# (>>>|---) ", re.MULTILINE)


def render(plan: Plan) -> str:
    for region in plan.regions:
        for snippet in region.snippets:
            if REGION_MARK.search(snippet.body) or not snippet.body.endswith("\n"):
                raise LibraryError([f"{snippet.name}: holds a region marker, or does not end in a line end"])
    return _template().render(
        plan=plan, version=__version__, config=_config(plan), profile=comment(plan.toml), regions=plan.regions
    )


def _config(plan: Plan) -> str:
    constants = (
        ("PODSAND_VERSION", __version__),
        ("PROFILE_SHA256", plan.sha256),
        *plan.config,
        ("STEPS_ROOT", plan.steps_root),
        ("STEPS_USER", plan.steps_user),
    )
    text = "".join(readonly(name, value) for name, value in constants)
    text += readonly_rows("IMAGE_PARTS", [plan.image_parts]) + readonly_rows("IMAGE_LAYERS", [plan.image_layers])
    return text + readonly_rows("TOOLS", [plan.tools]) + readonly_rows("COMMANDS", plan.commands)


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    source = Path(__file__).with_name("skeleton.bash.j2").read_text(encoding="utf-8")
    environment = Environment(
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is bash; quoting.py escapes
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(source)
