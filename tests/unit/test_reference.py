from __future__ import annotations

from pathlib import Path

from podsand_gen.plan import config_names
from podsand_gen.reference import reference

ROOT = Path(__file__).resolve().parents[2]


def test_the_reference_of_the_profile_is_up_to_date() -> None:
    assert (ROOT / "docs/reference/profile.md").read_text(encoding="utf-8") == reference(), (
        "stale: python -m podsand_gen.reference > docs/reference/profile.md"
    )


def test_every_key_of_the_profile_is_in_the_reference() -> None:
    keys = {line.split("`")[1] for line in reference().splitlines() if line.startswith("| `")}

    for name in config_names():
        assert any(name.endswith(f"_{key.upper()}") for key in keys), name
