"""The plugin against Beancount itself: time and memory on ledgers of growing size."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median

from beancount import loader
from beancount.parser import printer

from beancount_factoring.ledger.marks import is_generated
from benchmarks.ledgers import PLAIN
from benchmarks.ledgers import Kind
from benchmarks.ledgers import write_ledger
from benchmarks.report import Figure
from benchmarks.runs import REPEATS
from benchmarks.runs import bean_check
from benchmarks.runs import loading


@dataclass(frozen=True, slots=True)
class Size:
    """The medians of one size; seconds and bytes.

    The shares are medians of what each turn gave: the two of a turn are measured one after the
    other, and a machine that others use is not as fast in every turn.
    """

    invoices: int
    check_plugin: float
    check_text: float
    check_share: float
    plugin: float
    bare_load: float
    plugin_share: float
    memory: float
    bare_memory: float


def measure(folder: Path, invoices: int, kind: Kind = PLAIN, repeats: int = REPEATS) -> Size:
    """Measure one size: with the plugin, with its transactions as text, and the bare ledger."""
    main = write_ledger(folder, invoices, kind=kind)
    bare = main.with_name("bare.beancount")
    text = _write_as_text(main)
    checks, texts, loads, bares = [], [], [], []
    for _ in range(repeats):
        checks.append(bean_check(main))
        texts.append(bean_check(text))
        loads.append(loading(main).figures)
        bares.append(loading(bare).figures)
    turns = list(zip(checks, texts, loads, bares, strict=True))
    return Size(
        invoices=invoices,
        check_plugin=median(run.seconds for run in checks),
        check_text=median(run.seconds for run in texts),
        check_share=median(check.seconds / text.seconds for check, text, _load, _bare in turns),
        plugin=median(figures["plugin"] for figures in loads),
        bare_load=median(figures["load"] for figures in bares),
        plugin_share=median(load["plugin"] / bare["load"] for _c, _t, load, bare in turns),
        memory=median(figures["memory"] for figures in loads),
        bare_memory=median(figures["memory"] for figures in bares),
    )


def _write_as_text(main: Path) -> Path:
    """Write the same ledger with the generated transactions as text, and no plugin."""
    entries, errors, _options = loader.load_file(str(main))
    if errors:
        raise RuntimeError(f"{main}: {errors[0].message}")
    buffer = StringIO()
    buffer.write('include "bare.beancount"\n\n')
    printer.print_entries([entry for entry in entries if is_generated(entry)], file=buffer)
    text = main.with_name("text.beancount")
    text.write_text(buffer.getvalue())
    return text


def figures_of(sizes: list[Size], contract: str = "") -> list[Figure]:
    """Return each size's ratios beside what is asked of them; `contract` says which it is."""
    figures = []
    for size in sizes:
        name = f"{contract}{size.invoices:,} invoices"
        bound = 1.0 if size.invoices >= 10_000 else None
        figures += [
            Figure(
                f"{name}: bean-check with the plugin / with its transactions as text",
                size.check_share,
                0.9 if bound else None,
                f"{size.check_plugin:.2f} s / {size.check_text:.2f} s",
            ),
            Figure(
                f"{name}: the plugin's own time / the load of the bare ledger",
                size.plugin_share,
                0.25 if bound else None,
                f"{size.plugin:.3f} s / {size.bare_load:.2f} s",
            ),
            Figure(
                f"{name}: peak memory / the bare ledger's",
                size.memory / size.bare_memory,
                1.35 if bound else None,
                f"{size.memory / 2**20:.0f} MiB / {size.bare_memory / 2**20:.0f} MiB",
            ),
        ]
    by_size = {size.invoices: size for size in sizes}
    if {10_000, 100_000} <= by_size.keys():
        large, mid = by_size[100_000], by_size[10_000]
        figures.append(
            Figure(
                f"{contract}time per invoice, 100,000 / 10,000 (bean-check with the plugin)",
                (large.check_plugin / 100_000) / (mid.check_plugin / 10_000),
                1.2,
                f"{large.check_plugin / 100:.3f} ms / {mid.check_plugin / 10:.3f} ms",
            )
        )
        figures.append(
            Figure(
                f"{contract}time per invoice, 100,000 / 10,000 (the plugin alone)",
                (large.plugin / 100_000) / (mid.plugin / 10_000),
                1.2,
                f"{large.plugin * 10:.1f} µs / {mid.plugin * 100:.1f} µs",
            )
        )
    return figures
