# Influence in a meta-regression, bcg on latitude and year; run: Rscript influence_moderators.R > data/influence_moderators.json
suppressMessages(library(metafor))
d <- escalc(measure="RR", ai=tpos, bi=tneg, ci=cpos, di=cneg, data=dat.bcg)
fit <- rma(yi, vi, mods=~ablat + year, data=d, control=list(threshold=1e-12, maxiter=1000))
inf <- influence(fit)
num <- function(x) paste0("[", paste(sprintf("%.15g", x), collapse=", "), "]")
cat("{\n \"computed_with\": {\"R\": \"", paste(R.version$major, R.version$minor, sep="."), "\", \"metafor\": \"",
    as.character(packageVersion("metafor")), "\"},\n", sep="")
cat(" \"yi\": ", num(d$yi), ",\n \"vi\": ", num(d$vi), ",\n \"ablat\": ", num(d$ablat), ",\n \"year\": ", num(d$year), ",\n", sep="")
keys <- c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat", "weight")
for (name in keys) cat(" \"", name, "\": ", num(inf$inf[[name]]), ",\n", sep="")
dfbs <- as.matrix(as.data.frame(inf$dfbs))
cat(" \"dfbs\": [", paste(apply(dfbs, 1, num), collapse=", "), "],\n", sep="")
cat(" \"is_infl\": [", paste(tolower(as.character(as.logical(inf$is.infl))), collapse=", "), "]\n}\n", sep="")
