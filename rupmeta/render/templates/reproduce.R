if (!requireNamespace("metafor", quietly = TRUE) || packageVersion("metafor") < "3.8") {
  stop("this script needs metafor 3.8 or newer: install.packages(\"metafor\")")
}
suppressPackageStartupMessages(library(metafor))

tight <- list(threshold = 1e-12, maxiter = 10000, tol = 1e-10)
tally <- new.env()
tally$compared <- 0
tally$off <- character(0)
tally$left <- character(0)

# One number of metafor beside ours: they agree within `rel` of ours, or within `abs` of 0.
check <- function(what, r, ours, rel = 1e-6, abs = 1e-8) {
  r <- as.numeric(r)[1]
  gap <- r - ours
  fine <- !is.na(gap) && abs(gap) <= max(abs, rel * abs(ours))
  tally$compared <- tally$compared + 1
  if (!fine) tally$off <- c(tally$off, paste(tally$section, what, sep = ": "))
  cat(sprintf("  %-44s %16.9g %16.9g %10.1e  %s\n", what, r, ours, gap, if (fine) "ok" else "DIFFERS"))
}

# Whole rows of numbers: names, metafor's, ours.
check_all <- function(what, r, ours, rel = 1e-6, abs = 1e-8) {
  r <- as.numeric(r)
  if (length(r) != length(ours)) r <- rep(NA_real_, length(ours))
  for (i in seq_along(ours)) check(what[i], r[i], ours[i], rel, abs)
}

section <- function(title) {
  tally$section <- title
  cat("\n", title, "\n", sep = "")
  cat(sprintf("  %-44s %16s %16s %10s\n", "", "metafor", "rupmeta", "difference"))
}

# What this script cannot repeat is said and counted.
leave <- function(what, why) {
  tally$left <- c(tally$left, what)
  cat("  not repeated: ", what, " (", why, ")\n", sep = "")
}

# A coefficient, its standard error, its test on `df` degrees of freedom (Inf: normal) and its interval.
wald <- function(b, se, df = Inf, level = 0.95) {
  b <- as.numeric(b)[1]
  se <- as.numeric(se)[1]
  half <- qt((1 + level) / 2, df) * se
  c(b, se, b / se, 2 * pt(-abs(b / se), df), b - half, b + half)
}

coefficient <- c("estimate", "se", "stat", "p", "lower limit", "upper limit")

finish <- function() {
  cat("\n", tally$compared, " numbers compared with metafor ", as.character(packageVersion("metafor")), ": ", sep = "")
  if (length(tally$off) == 0) {
    cat("all agree")
  } else {
    cat(length(tally$off), " differ:\n", paste0("  ", tally$off, "\n"), sep = "")
  }
  if (length(tally$left) > 0) cat("\n", length(tally$left), " not repeated", sep = "")
  cat("\n")
  quit(save = "no", status = if (length(tally$off) > 0) 1 else 0)
}
