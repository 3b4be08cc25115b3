# Random effect sizes and pooled answers by metafor at its defaults, for tests/reference/test_escalc_random.py.
# Run: Rscript tests/reference/escalc_random.R > tests/reference/data/escalc_random.json
suppressPackageStartupMessages(library(metafor))
set.seed(20260214)
num <- function(x) formatC(x, digits = 17, format = "g")
pairs <- function(x) paste0('{', paste0('"', names(x), '": ', vapply(x, num, ""), collapse = ", "), '}')
cases <- character()
add <- function(given, found) {
  rows <- vapply(names(found), function(m) paste0('"', m, '": [', num(found[[m]]$yi[1]), ", ", num(found[[m]]$vi[1]), ']'), "")
  cases[length(cases) + 1] <<- paste0('{"given": ', pairs(given), ', "expect": {', paste(rows, collapse = ", "), '}}')
}
for (i in 1:60) {
  g <- list(n1 = sample(5:200, 1), n2 = sample(5:200, 1), mean1 = round(rnorm(1, 10, 4), 2), mean2 = round(rnorm(1, 10, 4), 2),
            sd1 = round(runif(1, 1, 8), 2), sd2 = round(runif(1, 1, 8), 2))
  e <- function(m, ...) escalc(m, m1i = g$mean1, sd1i = g$sd1, n1i = g$n1, m2i = g$mean2, sd2i = g$sd2, n2i = g$n2, ...)
  add(g, list(SMD = e("SMD"), SMD_LS2 = e("SMD", vtype = "LS2"), SMDH = e("SMDH"), MD = e("MD"), RPB_ST = e("RPB"), RPB_CS = e("RPB", vtype = "CS"),
              RBIS = e("RBIS"), D2ORL = e("D2ORL")))
}
for (i in 1:60) {
  n <- sample(6:150, 2); p <- runif(2, .05, .95)
  x <- rbinom(2, n, p)
  g <- list(a = x[1], b = n[1] - x[1], c = x[2], d = n[2] - x[2])
  e <- function(m, ...) escalc(m, ai = g$a, bi = g$b, ci = g$c, di = g$d, ...)
  found <- list(OR = e("OR"), RR = e("RR"), RD = e("RD"), OR2DL = e("OR2DL"))
  phi <- suppressWarnings(e("PHI"))
  if (is.finite(phi$yi) && is.finite(phi$vi) && phi$vi > 0 && all(x > 0) && all(x < n)) {
    found$PHI <- phi
  }
  if (sum(x) > 0 && sum(x) < sum(n)) add(g, found)
}
for (i in 1:60) {
  g <- list(r = round(runif(1, -.95, .95), 3), n = sample(6:400, 1))
  add(g, list(COR = escalc("COR", ri = g$r, ni = g$n), ZCOR = escalc("ZCOR", ri = g$r, ni = g$n)))
}
for (i in 1:40) {
  g <- list(t = round(rnorm(1, 0, 3), 2), n = sample(15:300, 1), predictors = sample(1:6, 1))
  add(g, list(PCOR = escalc("PCOR", ti = g$t, ni = g$n, mi = g$predictors), ZPCOR = escalc("ZPCOR", ti = g$t, ni = g$n, mi = g$predictors)))
}
for (i in 1:20) {
  n <- sample(20:300, 1); p <- sample(2:6, 1); R2 <- round(runif(1, .2, .7), 2)
  e <- escalc("SPCOR", ti = round(rnorm(1, 0, 2), 2), ni = n, mi = p, r2i = R2)
  if (e$yi^2 < R2) add(list(semipartial_r = e$yi[1], n = n, covariates = p - 1, r2 = R2), list(COR = e))
}
for (i in 1:40) {
  g <- list(pre_mean1 = round(rnorm(1, 20, 4), 2), post_mean1 = round(rnorm(1, 16, 4), 2), sd_pre1 = round(runif(1, 2, 8), 2),
            sd_post1 = round(runif(1, 2, 8), 2), n1 = sample(5:150, 1), pre_post_r = round(runif(1, 0, .95), 2))
  e <- function(m) escalc(m, m1i = g$post_mean1, m2i = g$pre_mean1, sd1i = g$sd_pre1, sd2i = g$sd_post1, ni = g$n1, ri = g$pre_post_r)
  add(g, list(SMCR = e("SMCR"), SMCC = e("SMCC")))
}
pool <- function(given, measure, fits) {
  f <- vapply(names(fits), function(n) {
    x <- fits[[n]]
    p <- predict(x)
    paste0('"', n, '": ', pairs(list(estimate = coef(x)[[1]], se = x$se, ci_lb = x$ci.lb, ci_ub = x$ci.ub, tau2 = x$tau2, pi_lb = p$pi.lb, pi_ub = p$pi.ub)))
  }, "")
  rows <- vapply(seq_len(nrow(given)), function(i) pairs(as.list(given[i, ])), "")
  paste0('{"measure": "', measure, '", "given": [', paste(rows, collapse = ", "), '], "expect": {', paste(f, collapse = ", "), '}}')
}
k <- 9
tight <- list(threshold = 1e-12, maxiter = 1000)
m <- data.frame(n1 = sample(15:80, k), n2 = sample(15:80, k), mean1 = round(rnorm(k, 12, 2), 2), mean2 = round(rnorm(k, 10, 2), 2),
                sd1 = round(runif(k, 3, 5), 2), sd2 = round(runif(k, 3, 5), 2))
fit <- function(measure, d, test) {
  d <- if ("a" %in% names(d)) escalc(measure, ai = a, bi = b, ci = c, di = d, data = d) else
    escalc(measure, m1i = mean1, sd1i = sd1, n1i = n1, m2i = mean2, sd2i = sd2, n2i = n2, data = d)
  if (measure == "RPB") {  # Fisher z of it, by the delta method
    d$vi <- d$vi / (1 - d$yi^2)^2
    d$yi <- atanh(d$yi)
  }
  rma(yi, vi, data = d, test = test, control = tight)
}
x <- data.frame(a = c(12, 20, 8, 0, 15, 30, 9), c = c(6, 11, 9, 0, 12, 14, 3))
x$b <- c(20, 25, 14, 18, 20, 33, 12) - 0 * x$a
x$d <- c(25, 30, 16, 21, 19, 41, 22)
pools <- c(pool(m, "SMD", list(metafor = fit("SMD", m, "z"), jasp = fit("SMD", m, "knha"))),
           pool(m, "ZCOR", list(metafor = fit("RPB", m, "z"), jasp = fit("RPB", m, "knha"))),
           pool(x, "OR", list(metafor = fit("OR", x, "z"), jasp = fit("OR", x, "knha"))))
cat('{"computed_with": {"metafor": "', as.character(packageVersion("metafor")), '", "R": "', R.version$major, '.', R.version$minor,
    '", "script": "tests/reference/escalc_random.R"},\n"cases": [\n', paste(cases, collapse = ",\n"), '\n],\n"pools": [\n', paste(pools, collapse = ",\n"), '\n]}\n', sep = "")
