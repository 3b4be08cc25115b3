# Alliance rupture repair and the outcome of psychotherapy
# Written by rupmeta 0.1.0 from results.json. Run: Rscript reproduce.R (needs metafor)
# Every headline number is computed again by metafor from the effects below and stands beside ours.
# The status is 1 when one differs by more than its tolerance: 1e-6 of the number, 1e-5 to 1e-4 where
# both programs search, 2e-3 in selection models.

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

# ---- repair ------------------------------------------------------------------------------------
# Is rupture repair associated with better outcome?
dat <- data.frame(
  study = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  effect = c("responsiveness-worry", "resolution-dropout", "unrepaired-severity"),
  cluster = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  row = c(1, 2, 3),
  yi = c(0.5315785202, 0.3368654486, 0.3732322325),
  vi = c(0.04, 0.02255458821, 0.01265822785),
  stringsAsFactors = FALSE
)
fit <- function(d) rma(yi, vi, data = d, method = "REML", test = "adhoc", level = 95, control = tight)
res <- fit(dat)
print(res)
section("repair: pooled")
check_all(paste("pooled,", coefficient), wald(coef(res), res$se, 2, 0.95),
  c(0.3890493888, 0.08210610202, 4.738373632, 0.04176844272, 0.03577534486, 0.7423234328), rel = 1e-06)
half <- qt(0.975, 2) * sqrt(as.numeric(res$se)^2 + sum(res$tau2, res$sigma2))
check_all(c("lower prediction limit", "upper prediction limit"),
  as.numeric(coef(res)) + c(-half, half), c(0.03577534486, 0.7423234328))
check("Q", res$QE, 0.6483648145)
check("p of Q", res$QEp, 0.7231183283, rel = 1e-5, abs = 1e-12)
check("tau2", res$tau2, 0, rel = 1e-5)
check("I2", res$I2, 0, rel = 1e-5, abs = 1e-6)
check("H2", res$H2, 1, rel = 1e-5)
wide <- list(tol = 1e-12, maxiter = 10000, tau2.max = 100)
around <- confint(res, control = wide)$random
check_all(c("tau2, lower limit", "tau2, upper limit", "I2, lower limit", "I2, upper limit"),
  c(around[1, 2:3], around[3, 2:3]), c(0, 0.3902839086, 0, 94.54395191), rel = 1e-5, abs = 1e-6)
check_all(c("weight of aviram2016", "weight of eubanks2019_3rs", "weight of mclaughlin2014"), weights(res), c(16.85352997, 29.88931531, 53.25715471))
check_all(c("r, estimate", "r, lower limit", "r, upper limit"), tanh(as.numeric(c(coef(res), res$ci.lb, res$ci.ub))), c(0.3705404248, 0.03576009001, 0.6305468731))
check_all(c("r, lower prediction limit", "r, upper prediction limit"), tanh((as.numeric(coef(res)) + c(-half, half))), c(0.03576009001, 0.6305468731))
check_all(c("d, estimate", "d, lower limit", "d, upper limit"), 2 * sinh(as.numeric(c(coef(res), res$ci.lb, res$ci.ub))), c(0.7978766283, 0.07156595335, 1.624804281))
check_all(c("d, lower prediction limit", "d, upper prediction limit"), 2 * sinh((as.numeric(coef(res)) + c(-half, half))), c(0.07156595335, 1.624804281))
section("repair: moderator phase")
sub <- data.frame(
  study = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  effect = c("responsiveness-worry", "resolution-dropout", "unrepaired-severity"),
  cluster = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  row = c(1, 2, 3),
  yi = c(0.5315785202, 0.3368654486, 0.3732322325),
  vi = c(0.04, 0.02255458821, 0.01265822785),
  x = c("early", "early", "whole"),
  stringsAsFactors = FALSE
)
sub$x <- factor(sub$x, levels = c("early", "whole"))
reg <- rma(yi, vi, mods = ~ x, data = sub, method = "REML", test = "adhoc", level = 95, control = tight)
check_all(paste("intercept,", coefficient), wald(coef(reg)[1], reg$se[1], 1, 0.95),
  c(0.4070709008, 0.1200930465, 3.38962923, 0.1826331393, -1.118855936, 1.932997737), rel = 1e-06)
check_all(paste("phase[whole],", coefficient), wald(coef(reg)[2], reg$se[2], 1, 0.95),
  c(-0.03383866833, 0.1645617442, -0.2056290086, 0.8708921333, -2.124793882, 2.057116546), rel = 1e-06)
check("residual Q", reg$QE, 0.6060815253, rel = 1e-06)
check("residual tau2", sum(reg$tau2, reg$sigma2), 0, rel = 0.0001, abs = 1e-07)
slopes <- seq_along(coef(reg))[-1]
QM <- as.numeric(t(coef(reg)[slopes]) %*% solve(vcov(reg)[slopes, slopes]) %*% coef(reg)[slopes])
test <- c(QM / 1, pf(QM / 1, 1, 1, lower.tail = FALSE))
check_all(c("test of the moderator", "p of the moderator"), test, c(0.04228328919, 0.8708921333), rel = 1e-05)
check("R2", if (length(reg$R2) == 0 || is.na(reg$R2)) 0 else reg$R2, 0, rel = 1e-05, abs = 0.0001)
alone <- fit(sub[sub$x == "early", ])
check_all(paste("early alone,", coefficient), wald(coef(alone), alone$se, 1, 0.95),
  c(0.4070709008, 0.1200930465, 3.38962923, 0.1826331393, -1.118855936, 1.932997737), rel = 1e-06)
check("early alone, tau2", alone$tau2, 0, rel = 1e-05)
section("repair: moderator personality_disorder")
leave("personality_disorder", "no model: no effect of this analysis has a value of personality_disorder")
section("repair: moderator therapists.experience")
leave("therapists.experience", "no model: no effect of this analysis has a value of therapists.experience")
section("repair: moderator therapists.caseload")
leave("therapists.caseload", "no model: no effect of this analysis has a value of therapists.caseload")
section("repair: moderator therapy.orientation")
leave("therapy.orientation", "no model: therapy.orientation is cbt in all 3 effects that report it: nothing to compare")
section("repair: moderator rupture.measure")
sub <- data.frame(
  study = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  effect = c("responsiveness-worry", "resolution-dropout", "unrepaired-severity"),
  cluster = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  row = c(1, 2, 3),
  yi = c(0.5315785202, 0.3368654486, 0.3732322325),
  vi = c(0.04, 0.02255458821, 0.01265822785),
  x = c("observer", "observer", "alliance-fluctuation"),
  stringsAsFactors = FALSE
)
sub$x <- factor(sub$x, levels = c("alliance-fluctuation", "observer"))
reg <- rma(yi, vi, mods = ~ x, data = sub, method = "REML", test = "adhoc", level = 95, control = tight)
check_all(paste("intercept,", coefficient), wald(coef(reg)[1], reg$se[1], 1, 0.95),
  c(0.3732322325, 0.1125087901, 3.317360645, 0.1863904683, -1.056327489, 1.802791954), rel = 1e-06)
check_all(paste("rupture.measure[observer],", coefficient), wald(coef(reg)[2], reg$se[2], 1, 0.95),
  c(0.03383866833, 0.1645617442, 0.2056290086, 0.8708921333, -2.057116546, 2.124793882), rel = 1e-06)
check("residual Q", reg$QE, 0.6060815253, rel = 1e-06)
check("residual tau2", sum(reg$tau2, reg$sigma2), 0, rel = 0.0001, abs = 1e-07)
slopes <- seq_along(coef(reg))[-1]
QM <- as.numeric(t(coef(reg)[slopes]) %*% solve(vcov(reg)[slopes, slopes]) %*% coef(reg)[slopes])
test <- c(QM / 1, pf(QM / 1, 1, 1, lower.tail = FALSE))
check_all(c("test of the moderator", "p of the moderator"), test, c(0.04228328919, 0.8708921333), rel = 1e-05)
check("R2", if (length(reg$R2) == 0 || is.na(reg$R2)) 0 else reg$R2, 0, rel = 1e-05, abs = 0.0001)
alone <- fit(sub[sub$x == "observer", ])
check_all(paste("observer alone,", coefficient), wald(coef(alone), alone$se, 1, 0.95),
  c(0.4070709008, 0.1200930465, 3.38962923, 0.1826331393, -1.118855936, 1.932997737), rel = 1e-06)
check("observer alone, tau2", alone$tau2, 0, rel = 1e-05)
section("repair: moderator comparison")
sub <- data.frame(
  study = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  effect = c("responsiveness-worry", "resolution-dropout", "unrepaired-severity"),
  cluster = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  row = c(1, 2, 3),
  yi = c(0.5315785202, 0.3368654486, 0.3732322325),
  vi = c(0.04, 0.02255458821, 0.01265822785),
  x = c("continuous", "continuous", "unrepaired-rupture"),
  stringsAsFactors = FALSE
)
sub$x <- factor(sub$x, levels = c("continuous", "unrepaired-rupture"))
reg <- rma(yi, vi, mods = ~ x, data = sub, method = "REML", test = "adhoc", level = 95, control = tight)
check_all(paste("intercept,", coefficient), wald(coef(reg)[1], reg$se[1], 1, 0.95),
  c(0.4070709008, 0.1200930465, 3.38962923, 0.1826331393, -1.118855936, 1.932997737), rel = 1e-06)
check_all(paste("comparison[unrepaired-rupture],", coefficient), wald(coef(reg)[2], reg$se[2], 1, 0.95),
  c(-0.03383866833, 0.1645617442, -0.2056290086, 0.8708921333, -2.124793882, 2.057116546), rel = 1e-06)
check("residual Q", reg$QE, 0.6060815253, rel = 1e-06)
check("residual tau2", sum(reg$tau2, reg$sigma2), 0, rel = 0.0001, abs = 1e-07)
slopes <- seq_along(coef(reg))[-1]
QM <- as.numeric(t(coef(reg)[slopes]) %*% solve(vcov(reg)[slopes, slopes]) %*% coef(reg)[slopes])
test <- c(QM / 1, pf(QM / 1, 1, 1, lower.tail = FALSE))
check_all(c("test of the moderator", "p of the moderator"), test, c(0.04228328919, 0.8708921333), rel = 1e-05)
check("R2", if (length(reg$R2) == 0 || is.na(reg$R2)) 0 else reg$R2, 0, rel = 1e-05, abs = 0.0001)
alone <- fit(sub[sub$x == "continuous", ])
check_all(paste("continuous alone,", coefficient), wald(coef(alone), alone$se, 1, 0.95),
  c(0.4070709008, 0.1200930465, 3.38962923, 0.1826331393, -1.118855936, 1.932997737), rel = 1e-06)
check("continuous alone, tau2", alone$tau2, 0, rel = 1e-05)
section("repair: without each sample")
omitted <- c("aviram2016", "eubanks2019_3rs", "mclaughlin2014")
without <- lapply(omitted, function(u) fit(dat[dat$cluster != u, ]))
check_all(paste("without", omitted), sapply(without, coef),
  c(0.3601591788, 0.4112962439, 0.4070709008), rel = 1e-06)
check_all(paste("without", paste0(omitted, ", se")), sapply(without, function(f) f$se),
  c(0.09004374026, 0.09805806757, 0.1200930465), rel = 1e-06)
check_all(paste("without", paste0(omitted, ", tau2")),
  sapply(without, function(f) sum(f$tau2, f$sigma2)),
  c(0, 0, 0), rel = 1e-4, abs = 1e-7)
ind <- data.frame(
  study = c("aviram2016", "eubanks2019_3rs", "mclaughlin2014"),
  n = c(30, 42, 82),
  yi = c(0.5315785202, 0.3368654486, 0.3732322325),
  vi = c(0.04, 0.02255458821, 0.01265822785),
  stringsAsFactors = FALSE
)
one <- rma(yi, vi, data = ind, method = "REML", test = "adhoc", level = 95, control = tight)
section("repair: small-study effects and selection")
ind$x <- 1 / sqrt(ind$n)
line <- summary(lm(yi ~ x, weights = 1 / vi, data = ind))$coefficients
check_all(paste("Egger, slope,", coefficient), wald(line[2, 1], line[2, 2], 1, 0.95),
  c(1.288617366, 1.926264177, 0.6689722944, 0.6246508225, -23.18688965, 25.76412438), rel = 1e-06)
check_all(paste("Egger, limit,", coefficient), wald(line[1, 1], line[1, 2], 1, 0.95),
  c(0.2141800193, 0.2671133382, 0.8018319893, 0.5697360635, -3.179816743, 3.608176782), rel = 1e-06)
rank <- suppressWarnings(ranktest(one))
check("rank correlation", rank$tau, 0.3333333333, rel = 1e-06)
check("rank correlation, p", rank$pval, 1, rel = 1e-05)
filled <- trimfill(one, side = "left", estimator = "L0", maxiter = 1000, control = tight)
check("trim and fill, studies filled", filled$k0, 0, rel = 1e-06)
padded <- data.frame(yi = as.numeric(filled$yi), vi = filled$vi)
padded <- rma(yi, vi, data = padded, method = "REML", test = "adhoc", level = 95, control = tight)
check_all(paste("trim and fill,", coefficient), wald(coef(padded), padded$se, 2, 0.95),
  c(0.3890493888, 0.08210610202, 4.738373632, 0.04176844272, 0.03577534486, 0.7423234328), rel = 0.0001)
pet <- summary(lm(yi ~ sqrt(vi), weights = 1 / vi, data = ind))$coefficients
check_all(paste("PET,", coefficient), wald(pet[1, 1], pet[1, 2], 1, 0.95),
  c(0.1870117052, 0.2052650484, 0.9110742754, 0.5296017112, -2.421128024, 2.795151435), rel = 1e-06)
peese <- summary(lm(yi ~ vi, weights = 1 / vi, data = ind))$coefficients
check_all(paste("PEESE,", coefficient), wald(peese[1, 1], peese[1, 2], 1, 0.95),
  c(0.2853862974, 0.09637624225, 2.961168549, 0.2073339766, -0.9391899683, 1.509962563), rel = 1e-06)
leave("step selection model", "3 effects: the step selection model has 3 parameters and needs at least 4")
leave("beta selection model", "3 effects: the beta selection model has 4 parameters and needs at least 5")

# ---- repair-verified ---------------------------------------------------------------------------
# Is rupture repair associated with better outcome, in effects that were verified in the full paper?
section("repair-verified")
leave("repair-verified", "nothing to estimate: 0 effects in analysis 'repair-verified'; nothing to pool (80 studies read, 46 excluded by the criteria; the analysis keeps only relation = repair-outcome, status = verified; status is provisional (80))")

# ---- training ----------------------------------------------------------------------------------
# Is training or supervision in rupture repair associated with better outcome?
section("training")
leave("training", "nothing to estimate: 0 effects in analysis 'training'; nothing to pool (80 studies read, 46 excluded by the criteria; the analysis keeps only relation = training-outcome)")

finish()
