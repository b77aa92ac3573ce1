"""podsand-gen: compile a profile into one self-contained bash script."""

__version__ = "0.1.0"
