"""``rupmeta pool``: one pooled answer."""

from __future__ import annotations

from rupmeta.cli.options import ModelOptions, OutputOptions, StudiesArgument

__all__ = ["pool"]


def pool(model: ModelOptions, output: OutputOptions, studies: StudiesArgument = "studies") -> int:
    """Pool the effects of one analysis and say what the number does and does not show."""
    from rupmeta.cli.io import emit, emit_json, emit_notes, number_style, overrides_of
    from rupmeta.pipeline.analyse import synthesise
    from rupmeta.pipeline.load import load_review
    from rupmeta.render.answers import pool_answer

    form = output.form
    folder = load_review(studies)
    synthesis = synthesise(folder, overrides_of(model, folder))
    answer = pool_answer(synthesis)
    if form == "json":
        emit_json("pool", folder, answer, synthesis.notes, output)
        return 0
    if form == "csv":
        from rupmeta.render.results_tables import studies_table
        from rupmeta.render.writers.delimited import to_csv

        emit(to_csv(studies_table(answer)), output)
        return 0
    from rupmeta.render.screens import pool_screen

    subject = synthesis.prepared.subject
    emit(pool_screen(answer, subject, number_style(), color=output.bold), output)
    emit_notes(synthesis.notes, output)
    return 0
