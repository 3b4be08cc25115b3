"""A data set that no reference file holds, fitted here and by metafor in the same run."""

from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest
from effect_tables import effects_table

from rupmeta.pool.fit import fit_effects

SCRIPT = """
suppressMessages(library(metafor))
d <- escalc(measure="OR", ai=ai, n1i=n1i, ci=ci, n2i=n2i, data=dat.li2007)
tight <- list(threshold=1e-12, maxiter=1000, tol=1e-12)
num <- function(x) formatC(as.numeric(x), digits=17, format="g")
row <- function(r) paste0("[", paste(num(c(r$beta, r$se, r$tau2, r$se.tau2, r$QE, r$I2)), collapse=","), "]")
methods <- c("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
fits <- sapply(methods, function(m) row(rma(yi, vi, data=d, method=m, test="knha", control=tight)))
cat("{", paste0('"', methods, '":', fits, collapse=","),
    ',"yi":[', paste(num(d$yi), collapse=","), '],"vi":[', paste(num(d$vi), collapse=","), ']}')
"""


def has_metafor() -> bool:
    if shutil.which("Rscript") is None:
        return False
    probe = [
        "Rscript",
        "-e",
        'quit(status = !all(sapply(c("metafor", "metadat"), requireNamespace, quietly=TRUE)))',
    ]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


@pytest.mark.r
def test_li2007_as_metafor_fits_it_now() -> None:
    if not has_metafor():
        pytest.skip("Rscript with metafor and metadat is not installed")
    answer = subprocess.run(["Rscript", "-e", SCRIPT], capture_output=True, check=True, text=True)
    expected = json.loads(answer.stdout)
    effects = effects_table(expected.pop("yi"), expected.pop("vi"))
    assert len(expected) == 8
    for method, numbers in expected.items():
        fit = fit_effects(effects, method=method, test="knha")
        h = fit.heterogeneity
        found = [fit.estimate.estimate, fit.estimate.se, h.tau2, h.se_tau2, h.Q, h.I2]
        # iterative fits: metafor's threshold of 1e-12, its search for the PM root stops at about 1e-4
        tolerance = 1e-4 if method == "PM" else 1e-8
        assert found == pytest.approx(numbers, rel=tolerance), method
        assert np.isfinite(found).all()
