# Writes data/moderator_models.json: case diagnostics, location-scale models, model selection and contrasts.
# Run in tests/reference: Rscript moderator_models.R
suppressMessages({library(metafor); library(jsonlite)})

read_case <- function(name) {
  json <- fromJSON(file.path("data", paste0("pool_", name, ".json")))
  data.frame(yi = json$all$yi, vi = json$all$vi, json$columns)
}
tight <- list(threshold = 1e-12, maxiter = 10000, stepadj = 0.5)
tight_scale <- list(optimizer = "BFGS", reltol = 1e-15, maxit = 5000, hessianCtrl = list(r = 8))

diagnose <- function(name, mods) {
  data <- read_case(name)
  fit <- rma(yi, vi, mods = mods, data = data, control = tight)
  inf <- as.list(as.data.frame(influence(fit)$inf)[c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat")])
  list(case = name, formula = deparse(mods), rstandard = rstandard(fit)$z, inf = inf,
       dfbetas = unname(as.matrix(as.data.frame(influence(fit)$dfbs))))
}
scale_model <- function(name, mods, scale, method, test) {
  data <- read_case(name)
  fit <- rma(yi, vi, mods = mods, scale = scale, data = data, method = method, test = test, control = tight_scale)
  list(case = name, mods = deparse(mods), scale = deparse(scale), method = method, test = test,
       beta = c(fit$beta), se = fit$se, alpha = c(fit$alpha), se_alpha = fit$se.alpha, pval_alpha = fit$pval.alpha,
       logLik = c(logLik(fit)))
}
subsets <- function(name, variables) {
  data <- read_case(name)
  data <- data[complete.cases(data[variables]), ]
  masks <- expand.grid(rep(list(c(FALSE, TRUE)), length(variables)))
  rows <- lapply(seq_len(nrow(masks)), function(i) {
    chosen <- variables[unlist(masks[i, ])]
    formula <- if (length(chosen)) reformulate(chosen) else ~ 1
    fit <- rma(yi, vi, mods = formula, data = data, method = "ML", control = tight)
    list(terms = I(chosen), AICc = fit$fit.stats["AICc", "ML"], beta = I(c(fit$beta)), se = I(fit$se), tau2 = fit$tau2)
  })
  list(case = name, variables = variables, models = rows)
}
pairwise <- function(name, variable, test) {
  data <- read_case(name)
  fit <- rma(yi, vi, mods = reformulate(variable), data = data, test = test, control = tight)
  p <- fit$p
  L <- rbind(cbind(0, diag(p - 1)), t(apply(combn(p - 1, 2), 2, function(ij) { x <- numeric(p); x[ij[1] + 1] <- -1; x[ij[2] + 1] <- 1; x })))
  found <- anova(fit, X = L)
  list(case = name, variable = variable, test = test, estimate = c(found$Xb), se = found$se, pval = found$pval,
       holm = p.adjust(found$pval, "holm"))
}
set.seed(1)
p <- c(.001, .2, .013, .04, .04, .9)
out <- list(
  computed_with = list(R = paste(R.version$major, R.version$minor, sep = "."), metafor = as.character(packageVersion("metafor"))),
  diagnostics = list(diagnose("bcg", ~ ablat + year), diagnose("bangertdrowns2004", ~ grade)),
  scale = list(scale_model("bangertdrowns2004", ~ grade, ~ grade, "REML", "z"), scale_model("bangertdrowns2004", ~ grade, ~ grade, "ML", "z"),
               scale_model("bcg", ~ ablat, ~ ablat, "REML", "knha"), scale_model("bcg", ~ ablat, ~ ablat, "ML", "t"),
               scale_model("bangertdrowns2004", ~ imag, ~ grade, "REML", "t")),
  subsets = list(subsets("bcg", c("ablat", "year")), subsets("bangertdrowns2004", c("grade", "length", "wic", "meta"))),
  pairwise = list(pairwise("bcg", "alloc", "z"), pairwise("bcg", "alloc", "knha")),
  adjust = list(p = p, holm = p.adjust(p, "holm"), bonferroni = p.adjust(p, "bonferroni"), hochberg = p.adjust(p, "hochberg"),
                bh = p.adjust(p, "BH"), by = p.adjust(p, "BY"), none = p),
  power = list(F_1_11 = uniroot(function(x) pf(qf(.95, 1, 11), 1, 11, ncp = x, lower.tail = FALSE) - .8, c(1, 100), tol = 1e-12)$root,
               F_3_20 = uniroot(function(x) pf(qf(.95, 3, 20), 3, 20, ncp = x, lower.tail = FALSE) - .8, c(1, 100), tol = 1e-12)$root,
               chi2_2 = uniroot(function(x) pchisq(qchisq(.95, 2), 2, ncp = x, lower.tail = FALSE) - .8, c(1, 100), tol = 1e-12)$root),
  poly = list(x = c(1, 2, 4, 7, 11, 16), basis = unclass(poly(c(1, 2, 4, 7, 11, 16), 3))[, 1:3], at = 5, predicted = c(predict(poly(c(1, 2, 4, 7, 11, 16), 3), 5)))
)
write_json(out, "data/moderator_models.json", digits = NA, auto_unbox = TRUE, pretty = 1)
