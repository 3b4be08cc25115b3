"""``rupmeta detect``: ruptures and repairs in session-level ratings, and the effect size that they yield."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rupmeta.cli.detect_options import (
    EffectOptions,
    FileOptions,
    RuleOptions,
    asked_of,
    format_of,
    settings_of,
)
from rupmeta.cli.options import ComputeOptions, OutputOptions

if TYPE_CHECKING:
    from rupmeta.detect.settings import Settings
    from rupmeta.pipeline.detect import Asked
    from rupmeta.read.ratings.format import RatingsFormat

__all__ = ["detect"]


def detect(
    ratings: Annotated[str, typer.Argument(metavar="RATINGS", help="CSV or Parquet; - is stdin.")],
    rules: RuleOptions,
    file: FileOptions,
    effect: EffectOptions,
    compute: ComputeOptions,
    output: OutputOptions,
) -> int:
    """Find ruptures and repairs in session-level alliance ratings, and the effect size that they yield."""
    from rupmeta.cli.io import emit, emit_notes, number_style, parse_pairs, write_drawn, write_text
    from rupmeta.errors import EstimationError, UsageError
    from rupmeta.pipeline.detect import detect_source, direct_inputs, every_rule
    from rupmeta.pipeline.detect_notes import UNLISTED, detect_notes
    from rupmeta.pipeline.detect_sources import open_source
    from rupmeta.render.detect.answer import detect_answer, json_limit, rules_answer
    from rupmeta.render.detect.screen import (
        LISTED,
        clients_table,
        detect_screen,
        rules_screen,
        rules_table,
    )
    from rupmeta.render.envelope import canonical_json, envelope
    from rupmeta.render.writers.delimited import to_csv
    from rupmeta.results import NotEstimable

    form = output.form
    asked = asked_of(effect, compute)
    every = rules.rule == "all"
    if effect.write_study is not None and (every or asked.outcome is None):
        raise UsageError("--write-study needs one --rule and an --outcome")
    if effect.grid and every:
        raise UsageError("--grid goes through every rule; name with --rule the one that it is compared with")
    figures = parse_pairs(effect.plot, "plot")
    only_count = not (every or asked.outcome or figures or asked.direct)
    if (file.stream or file.cluster) and not only_count:
        raise UsageError("--stream and --cluster count the classes of one rule; no effect, no figure")
    if only_count and _in_pieces(ratings, file, form):
        return _count(ratings, settings_of(rules, rules.rule), format_of(file, asked), file, asked, output)
    source = open_source(
        ratings, settings_of(rules, "mean-sd" if every else rules.rule), format_of(file, asked)
    )
    subject: Any
    if every:
        subject = results = every_rule(source, asked)
        answer = rules_answer(results)
        ran = [result for result in results.values() if not isinstance(result, NotEstimable)]
        notes = tuple(dict.fromkeys(note for result in ran for note in detect_notes(result)))
        tables, screen = rules_table(answer), rules_screen
    else:
        subject = detected = detect_source(source, asked)
        answer = detect_answer(detected, {"table": LISTED, "json": json_limit(detected)}.get(form))
        notes = detect_notes(detected)
        if form == "json" and json_limit(detected) is not None:
            notes = (*notes, UNLISTED)
        tables, screen = clients_table(answer), detect_screen
    if form == "json":
        answer = {**answer, "synthetic": file.synthetic}
        inputs = [source.input, *direct_inputs(results.values() if every else [detected])]
        emit(canonical_json(envelope("detect", inputs, answer, notes)), output)
    elif form == "csv":
        emit(to_csv(tables), output)
    else:
        emit(screen(answer, number_style(), color=output.bold, synthetic=file.synthetic), output)
        emit_notes(notes, output)
    for kind, target in figures:
        from rupmeta.render.detect.figures import draw_detection

        drawn = draw_detection(kind, subject, answer, client=effect.client, synthetic=file.synthetic)
        write_drawn(drawn, target, output)
    if not every and isinstance(detected.effect, NotEstimable):
        raise EstimationError(detected.effect.reason, detected.effect.code)
    if effect.write_study is not None:
        from pathlib import Path

        from rupmeta.render.detect.study import study_text

        write_text(
            Path(effect.write_study),
            study_text(detected, file.synthetic, effect.study_effect),
            force=output.force,
        )
    return 0


def _in_pieces(path: str, file: FileOptions, form: str) -> bool:
    """Whether the clients are only counted: when asked for, and when there are too many to list."""
    from rupmeta.pipeline.detect_parquet import LARGE, MANY, count_ratings

    if file.stream or file.cluster:
        return True
    return count_ratings(path) > (MANY if form == "table" else LARGE)


def _count(
    path: str,
    settings: Settings,
    form: RatingsFormat,
    file: FileOptions,
    asked: Asked,
    output: OutputOptions,
) -> int:
    """Classes of a file of any size: counts, and with ``--format csv`` one line per client."""
    from rupmeta.cli.io import emit, emit_notes, number_style
    from rupmeta.pipeline.detect_notes import summary_notes
    from rupmeta.pipeline.detect_parquet import summarise_file
    from rupmeta.render.detect.summary import summary_answer, summary_csv, summary_screen
    from rupmeta.render.envelope import canonical_json, envelope

    per_client = 0 if output.form == "csv" else asked.per_client
    found = summarise_file(path, settings, form, cluster=file.cluster, seed=asked.seed, per_client=per_client)
    notes = summary_notes(found)
    if output.form == "csv":
        emit(summary_csv(found), output)
    elif output.form == "json":
        answer = {**summary_answer(found), "synthetic": file.synthetic}
        emit(canonical_json(envelope("detect", [found.input], answer, notes)), output)
    else:
        answer = summary_answer(found)
        emit(summary_screen(answer, number_style(), color=output.bold, synthetic=file.synthetic), output)
        emit_notes(notes, output)
    return 0
