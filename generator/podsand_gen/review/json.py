"""The reports for programs: the dataclasses as they are, every character beyond ASCII escaped."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from podsand_gen.review.check import Check
    from podsand_gen.review.diff import Difference
    from podsand_gen.review.explain import Explanation

FORMAT = 1


def explanation(found: Explanation) -> str:
    return _dumped({"explanation": dataclasses.asdict(found)})


def difference(found: Difference) -> str:
    return _dumped({"verdict": found.verdict, "difference": dataclasses.asdict(found)})


def checks(found: Sequence[Check]) -> str:
    return _dumped({"good": all(check.good for check in found), "checks": [dataclasses.asdict(check) for check in found]})


def _dumped(data: dict[str, Any]) -> str:
    return json.dumps({"format": FORMAT, **data}, indent=2) + "\n"
