"""A measured ratio beside the bound it must keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A ratio, the bound that it must not exceed (`None`: only shown), and what it is made of."""

    name: str
    value: float
    bound: float | None
    detail: str

    @property
    def is_kept(self) -> bool:
        """Whether the bound is kept."""
        return self.bound is None or self.value <= self.bound

    def line(self) -> str:
        """Return the figure as one line of text."""
        bound = "" if self.bound is None else f"  (at most {self.bound:g})"
        verdict = "      " if self.bound is None else ("ok    " if self.is_kept else "ABOVE ")
        return f"{verdict}{self.value:7.3f}{bound}  {self.name}: {self.detail}"
